namespace Keyway.Shard.Rdb;

/// <summary>
/// The compression of strings in dumps and files. A packed string is a row of runs and references:
/// <code>
/// 000lllll  byte*                    l + 1 bytes as they are
/// lllooooo  oooooooo                 l + 2 bytes that stood o + 1 bytes ago (l is 1 to 6)
/// 111ooooo  llllllll  oooooooo       l + 9 bytes, likewise
/// </code>
/// </summary>
internal static class Lzf
{
    public const int LongestRun = 32;
    public const int FarthestReference = 1 << 13;
    public const int LongestReference = 9 + 255;

    /// <summary>A reference of three bytes stands for so many at most.</summary>
    private const int MostPerByte = LongestReference / 3;

    /// <summary>Whether so many packed bytes could possibly make so many: to be asked before memory is taken for what a header promises.</summary>
    public static bool MayExpandTo(int packedBytes, long bytes) => bytes <= ((long)packedBytes * MostPerByte) + LongestRun;

    /// <summary>False when the packed bytes are damaged, or make more or less than fills the target.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> target)
    {
        int written = 0;
        int read = 0;
        while (read < packed.Length)
        {
            int control = packed[read++];
            if (control < LongestRun)
            {
                int run = control + 1;
                if (run > packed.Length - read || run > target.Length - written) return false;
                packed.Slice(read, run).CopyTo(target[written..]);
                read += run;
                written += run;
                continue;
            }

            int length = control >> 5;
            if (length == 7)
            {
                if (read == packed.Length) return false;
                length += packed[read++];
            }

            length += 2;
            if (read == packed.Length) return false;
            int distance = (((control & 31) << 8) | packed[read++]) + 1;
            if (distance > written || length > target.Length - written) return false;
            Repeat(target, written, distance, length);
            written += length;
        }

        return written == target.Length;
    }

    private static void Repeat(Span<byte> target, int at, int distance, int length)
    {
        // What is copied may begin within what it writes.
        if (distance >= length) target.Slice(at - distance, length).CopyTo(target[at..]);
        else if (distance == 1) target.Slice(at, length).Fill(target[at - 1]);
        else for (int i = at; i < at + length; i++) target[i] = target[i - distance];
    }
}
