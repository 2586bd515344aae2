using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keyway.Protocol;

namespace Keyway.Shard.Keyspace.Compact;

/// <summary>
/// Finds values in listpacks. This is what commands on small collections spend their time with, and each step waits for the length that the one before
/// has read: so short elements, which nearly all are, are passed with one load and no check of bounds.
/// </summary>
internal static class ListpackSearch
{
    /// <summary>
    /// The first element from this one on whose text is the value's; after each comparison so many elements are skipped (1 to look at the keys of pairs).
    /// </summary>
    public static int Find(ReadOnlySpan<byte> listpack, int from, ReadOnlySpan<byte> value, int skip)
    {
        if (from == Listpack.None) return Listpack.None;

        // A number can only equal a number, and text only text: what was a number's exact text has become the number.
        return RespNumber.TryParseLong(value, out long number) ? FindNumber(listpack, from, number, skip) : FindText(listpack, from, value, skip);
    }

    private static int FindText(ReadOnlySpan<byte> listpack, int from, ReadOnlySpan<byte> value, int skip)
    {
        ref byte start = ref MemoryMarshal.GetReference(listpack);
        int at = from;
        while (true)
        {
            byte first = Unsafe.Add(ref start, at);
            if (first == Listpack.End) return Listpack.None;

            if ((first & 0xC0) == 0x80)
            {
                int length = first & 63;
                if (length == value.Length && IsSame(ref Unsafe.Add(ref start, at + 1), value)) return at;
                at += length + 2;
            }
            else
            {
                bool isText = (first & 0xF0) == Listpack.Text12 || first == Listpack.Text32;
                if (isText && Listpack.Read(listpack, at).Bytes.SequenceEqual(value)) return at;
                at += SizeAt(listpack, ref start, at);
            }

            for (int i = skip; i > 0 && Unsafe.Add(ref start, at) != Listpack.End; i--) at += SizeAt(listpack, ref start, at);
        }
    }

    private static int FindNumber(ReadOnlySpan<byte> listpack, int from, long number, int skip)
    {
        ref byte start = ref MemoryMarshal.GetReference(listpack);
        int at = from;
        while (true)
        {
            byte first = Unsafe.Add(ref start, at);
            if (first == Listpack.End) return Listpack.None;

            if (first < 0x80)
            {
                if (first == number) return at;
                at += 2;
            }
            else
            {
                bool isText = (first & 0xC0) == 0x80 || (first & 0xF0) == Listpack.Text12 || first == Listpack.Text32;
                if (!isText && Listpack.Read(listpack, at).Integer == number) return at;
                at += SizeAt(listpack, ref start, at);
            }

            for (int i = skip; i > 0 && Unsafe.Add(ref start, at) != Listpack.End; i--) at += SizeAt(listpack, ref start, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SizeAt(ReadOnlySpan<byte> listpack, ref byte start, int at)
    {
        byte first = Unsafe.Add(ref start, at);
        Debug.Assert(first != Listpack.End);
        if (first < 0x80) return 2;
        return (first & 0xC0) == 0x80 ? (first & 63) + 2 : Listpack.SizeAt(listpack, at);
    }

    // Names that people give differ at their ends.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSame(ref byte text, ReadOnlySpan<byte> value)
    {
        ref byte wanted = ref MemoryMarshal.GetReference(value);
        bool differs = false;
        if (value.Length >= sizeof(ulong)) differs = EndsDiffer<ulong>(ref text, ref wanted, value.Length - sizeof(ulong));
        else if (value.Length >= sizeof(uint)) differs = EndsDiffer<uint>(ref text, ref wanted, value.Length - sizeof(uint));
        else if (value.Length >= sizeof(ushort)) differs = EndsDiffer<ushort>(ref text, ref wanted, value.Length - sizeof(ushort));
        return !differs && MemoryMarshal.CreateReadOnlySpan(ref text, value.Length).SequenceEqual(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsDiffer<T>(ref byte left, ref byte right, int at)
        where T : unmanaged, IEquatable<T> =>
        !Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref left, at)).Equals(Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref right, at)));
}
