using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Keyway.Shard.Commands.Bitmaps;

/// <summary>Counting and finding bits, eight bytes at a time. Bit 0 is the highest of the first byte.</summary>
internal static class Bits
{
    /// <summary>The bits that are set from the first to the last, both included.</summary>
    public static long Count(ReadOnlySpan<byte> bytes, long first, long last)
    {
        int from = (int)(first >> 3);
        int to = (int)(last >> 3);

        // Whole bytes, less what sticks out at the ends.
        long count = CountBytes(bytes[from..(to + 1)]);
        count -= BitOperations.PopCount((uint)(bytes[from] & ~(0xFF >> (int)(first & 7))));
        count -= BitOperations.PopCount((uint)(bytes[to] & (0x7F >> (int)(last & 7))));
        return count;
    }

    /// <summary>The first bit of this value from the first to the last, both included; -1 when there is none.</summary>
    public static long Find(ReadOnlySpan<byte> bytes, bool isSet, long first, long last)
    {
        // A byte of which no bit is sought looks like this.
        byte dull = isSet ? (byte)0 : (byte)0xFF;
        int at = (int)(first >> 3);
        int end = (int)(last >> 3);

        byte head = (byte)((bytes[at] ^ dull) & (0xFF >> (int)(first & 7)));
        if (head == 0)
        {
            int skipped = bytes[(at + 1)..(end + 1)].IndexOfAnyExcept(dull);
            if (skipped < 0) return -1;
            at += 1 + skipped;
            head = (byte)(bytes[at] ^ dull);
        }

        long found = (at * 8L) + BitOperations.LeadingZeroCount((uint)head) - 24;
        return found <= last ? found : -1;
    }

    /// <summary>The unsigned number in these bits, at most 64; what lies behind the end is zero.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes, long offset, int bits)
    {
        // Nine bytes hold any field, wherever in its first byte it begins.
        Span<byte> window = stackalloc byte[16];
        window.Clear();
        long at = offset >> 3;
        if (at < bytes.Length) bytes.Slice((int)at, (int)Math.Min(9, bytes.Length - at)).CopyTo(window);

        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(window);
        return (ulong)((value << (int)(offset & 7)) >> (128 - bits));
    }

    /// <summary>Sets these bits, all of which lie within the bytes.</summary>
    public static void Write(Span<byte> bytes, long offset, int bits, ulong value)
    {
        Span<byte> window = stackalloc byte[16];
        window.Clear();
        int at = (int)(offset >> 3);
        int held = Math.Min(9, bytes.Length - at);
        bytes.Slice(at, held).CopyTo(window);

        int shift = 128 - bits - (int)(offset & 7);
        UInt128 mask = (UInt128.MaxValue >> (128 - bits)) << shift;
        UInt128 whole = BinaryPrimitives.ReadUInt128BigEndian(window);
        whole = (whole & ~mask) | (((UInt128)value << shift) & mask);
        BinaryPrimitives.WriteUInt128BigEndian(window, whole);
        window[..held].CopyTo(bytes[at..]);
    }

    public static void And(Span<byte> target, ReadOnlySpan<byte> source)
    {
        int done = 0;
        for (; done <= target.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            (new Vector<byte>(target[done..]) & new Vector<byte>(source[done..])).CopyTo(target[done..]);
        }

        for (; done < target.Length; done++) target[done] &= source[done];
    }

    public static void Or(Span<byte> target, ReadOnlySpan<byte> source)
    {
        int done = 0;
        for (; done <= target.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            (new Vector<byte>(target[done..]) | new Vector<byte>(source[done..])).CopyTo(target[done..]);
        }

        for (; done < target.Length; done++) target[done] |= source[done];
    }

    public static void Xor(Span<byte> target, ReadOnlySpan<byte> source)
    {
        int done = 0;
        for (; done <= target.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            (new Vector<byte>(target[done..]) ^ new Vector<byte>(source[done..])).CopyTo(target[done..]);
        }

        for (; done < target.Length; done++) target[done] ^= source[done];
    }

    public static void Invert(Span<byte> target)
    {
        int done = 0;
        for (; done <= target.Length - Vector<byte>.Count; done += Vector<byte>.Count) (~new Vector<byte>(target[done..])).CopyTo(target[done..]);
        for (; done < target.Length; done++) target[done] = (byte)~target[done];
    }

    private static long CountBytes(ReadOnlySpan<byte> bytes)
    {
        long count = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) count += BitOperations.PopCount(word);
        foreach (byte left in bytes[^(bytes.Length & 7)..]) count += BitOperations.PopCount((uint)left);
        return count;
    }
}
