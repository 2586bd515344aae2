namespace Keyway.Shard.Rdb;

/// <summary>
/// Packs strings as <see cref="Lzf"/> unpacks them, by one look back at where the same three bytes stood last. It chooses as Redis's packer does, so that
/// most dumps are equal byte for byte.
/// </summary>
internal sealed class LzfPacker
{
    /// <summary>With so much room beside its runs every input fits.</summary>
    public const int Spare = 16;

    private const int HashBits = 16;
    private const int Looked = 3;                        // bytes that must be the same for a reference to be worth it
    private const int RoomForReference = 4;              // its three bytes, and the next run's first

    // Where each hash was last seen. Positions of earlier inputs lie before the origin, so the table need not be cleared for each.
    private readonly int[] _seen = new int[1 << HashBits];
    private int _origin = 1;

    /// <summary>Packs the input into the target.</summary>
    /// <returns>The packed length; 0 when it does not fit.</returns>
    public int Pack(ReadOnlySpan<byte> input, Span<byte> target)
    {
        if (_origin > int.MaxValue - input.Length - 1)
        {
            Array.Clear(_seen);
            _origin = 1;
        }

        int length = PackFrom(input, target);
        _origin += input.Length + 1;
        return length;
    }

    private int PackFrom(ReadOnlySpan<byte> input, Span<byte> target)
    {
        int last = input.Length - Looked;                // where three bytes can still be looked at
        int read = 0;
        int run = 0;                                     // bytes of the open run; its first byte, the length, is written when it ends
        int written = 1;
        while (read <= last)
        {
            ref int seen = ref _seen[HashAt(input, read)];
            int before = seen - _origin;
            seen = read + _origin;

            // The very first byte is never referred to, as Redis has it.
            if (before <= 0 || read - before > Lzf.FarthestReference || !input.Slice(before, Looked).SequenceEqual(input.Slice(read, Looked)))
            {
                if (written >= target.Length) return 0;
                target[written++] = input[read++];
                if (++run == Lzf.LongestRun) EndRun(target, ref run, ref written);
                continue;
            }

            if (written + RoomForReference - (run == 0 ? 1 : 0) >= target.Length) return 0;
            if (run > 0) EndRun(target, ref run, ref written);
            int length = LengthOfMatch(input, before, read);
            written = WriteReference(target, written - 1, read - before - 1, length) + 1;
            read += length;
            if (read > last) break;

            _seen[HashAt(input, read - 2)] = read - 2 + _origin;
            _seen[HashAt(input, read - 1)] = read - 1 + _origin;
        }

        if (written + Looked > target.Length) return 0;
        while (read < input.Length)
        {
            target[written++] = input[read++];
            if (++run == Lzf.LongestRun) EndRun(target, ref run, ref written);
        }

        if (run > 0) EndRun(target, ref run, ref written);
        return written - 1;
    }

    /// <summary>Writes the open run's length before it, and leaves room for the next one's.</summary>
    private static void EndRun(Span<byte> target, ref int run, ref int written)
    {
        target[written - run - 1] = (byte)(run - 1);
        run = 0;
        written++;
    }

    private static int LengthOfMatch(ReadOnlySpan<byte> input, int before, int at)
    {
        // Two bytes are left to the end of the input, for the table's sake.
        int most = Math.Min(input.Length - at - 2, Lzf.LongestReference);
        return Math.Max(Looked, input.Slice(at, Math.Max(0, most)).CommonPrefixLength(input[before..]));
    }

    private static int WriteReference(Span<byte> target, int at, int offset, int length)
    {
        length -= 2;
        if (length < 7)
        {
            target[at++] = (byte)((offset >> 8) | (length << 5));
        }
        else
        {
            target[at++] = (byte)((offset >> 8) | (7 << 5));
            target[at++] = (byte)(length - 7);
        }

        target[at++] = (byte)offset;
        return at;
    }

    private static int HashAt(ReadOnlySpan<byte> input, int at)
    {
        int bytes = (input[at] << 16) | (input[at + 1] << 8) | input[at + 2];
        return ((bytes >> 8) - (bytes * 5)) & ((1 << HashBits) - 1);
    }
}
