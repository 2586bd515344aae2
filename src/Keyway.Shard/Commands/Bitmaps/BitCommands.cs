using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Bitmaps;

/// <summary>Strings as rows of bits, the first bit being the highest of the first byte.</summary>
internal static class BitCommands
{
    // SETBIT key offset value
    public static void SetBit(ref CommandContext context)
    {
        if (!BitOffset.TryRead(ref context, context.Arguments[2], 0, out long offset)) return;
        if (!RespNumber.TryParseLong(context.Arguments[3], out long bit) || bit is not (0 or 1))
        {
            context.ReplyError("ERR bit is not an integer or out of range"u8);
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (place.Exists && !context.IsString(place)) return;

        int at = (int)(offset >> 3);
        int mask = 0x80 >> (int)(offset & 7);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> old = place.Exists ? StringText.Of(place.Entry, digits) : default;
        bool isLonger = at >= old.Length;
        byte before = isLonger ? (byte)0 : old[at];
        bool wasSet = (before & mask) != 0;

        if (isLonger || wasSet != (bit == 1))
        {
            context.Keyspace.WriteInto(place, at, [(byte)(bit == 1 ? before | mask : before & ~mask)]);
            context.Notify(KeyspaceEvents.String, "setbit"u8, key);
            context.Propagation.AsIs();
        }
        else
        {
            context.Keyspace.MakeRaw(place);
        }

        context.ReplyInteger(wasSet ? 1 : 0);
    }

    // GETBIT key offset
    public static void GetBit(ref CommandContext context)
    {
        if (!BitOffset.TryRead(ref context, context.Arguments[2], 0, out long offset)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (place.Exists && !context.IsString(place)) return;

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> value = place.Exists ? StringText.Of(place.Entry, digits) : default;
        bool isSet = offset >> 3 < value.Length && (value[(int)(offset >> 3)] & (0x80 >> (int)(offset & 7))) != 0;
        context.ReplyInteger(isSet ? 1 : 0);
    }

    // BITCOUNT key [start end [BYTE|BIT]]
    public static void BitCount(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!context.IsString(place)) return;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> value = StringText.Of(place.Entry, digits);

        long first = 0;
        long last = (value.Length * 8L) - 1;
        if (context.Arguments.Count > 2)
        {
            if (context.Arguments.Count is not (4 or 5))
            {
                context.ReplySyntaxError();
                return;
            }

            if (!context.TryReadInteger(2, out long start) || !context.TryReadInteger(3, out long end)) return;
            if (start < 0 && end < 0 && start > end)
            {
                context.ReplyInteger(0);
                return;
            }

            if (!TryReadUnit(ref context, 4, out bool isBits)) return;
            Clamp(start, end, value.Length, isBits, out first, out last);
        }

        context.ReplyInteger(first > last ? 0 : Bits.Count(value, first, last));
    }

    // BITPOS key bit [start [end [BYTE|BIT]]]
    public static void BitPos(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long bit)) return;
        if (bit is not (0 or 1))
        {
            context.ReplyError("ERR The bit argument must be 1 or 0."u8);
            return;
        }

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyInteger(bit == 1 ? -1 : 0);
            return;
        }

        if (!context.IsString(place)) return;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> value = StringText.Of(place.Entry, digits);

        long first = 0;
        long last = (value.Length * 8L) - 1;
        bool hasEnd = context.Arguments.Count > 4;
        if (context.Arguments.Count > 3)
        {
            if (context.Arguments.Count > 6)
            {
                context.ReplySyntaxError();
                return;
            }

            if (!context.TryReadInteger(3, out long start)) return;
            if (!TryReadUnit(ref context, 5, out bool isBits)) return;
            long end = -1;
            if (hasEnd && !context.TryReadInteger(4, out end)) return;
            Clamp(start, end, value.Length, isBits, out first, out last);
        }

        if (first > last)
        {
            context.ReplyInteger(-1);
            return;
        }

        long found = Bits.Find(value, bit == 1, first, last);

        // Without an end the string is thought to go on with zeros for ever; with one, it ends there.
        if (found < 0 && bit == 0 && !hasEnd) found = last + 1;
        context.ReplyInteger(found);
    }

    private static bool TryReadUnit(ref CommandContext context, int index, out bool isBits)
    {
        isBits = false;
        if (context.Arguments.Count <= index) return true;

        isBits = Word.Is(context.Arguments[index], "BIT"u8);
        if (isBits || Word.Is(context.Arguments[index], "BYTE"u8)) return true;
        context.ReplySyntaxError();
        return false;
    }

    /// <summary>From a range of bytes or bits, counted from the end where negative, to the bits that it covers.</summary>
    private static void Clamp(long start, long end, int length, bool isBits, out long first, out long last)
    {
        long total = isBits ? length * 8L : length;
        if (start < 0) start = Math.Max(0, total + start);
        if (end < 0) end = Math.Max(0, total + end);
        end = Math.Min(end, total - 1);

        if (start > end)
        {
            first = 0;
            last = -1;
            return;
        }

        first = isBits ? start : start * 8;
        last = isBits ? end : (end * 8) + 7;
    }
}
