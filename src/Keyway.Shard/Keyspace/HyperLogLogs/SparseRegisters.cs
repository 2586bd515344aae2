using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Keyway.Shard.Keyspace.HyperLogLogs;

/// <summary>
/// Registers in runs of equal ones.
/// <code>
/// 00xxxxxx            up to 64 zeros
/// 01xxxxxx yyyyyyyy   up to 16384 zeros
/// 1vvvvvxx            up to four registers of 1 to 32
/// </code>
/// How a run is split and which runs are joined again follows Redis step by step: the same elements must give the same bytes.
/// </summary>
internal static class SparseRegisters
{
    public const int LargestValue = 32;

    /// <summary>A change may make it so much longer.</summary>
    public const int LargestGrowth = 4;

    private const int LargestShortGap = 64;
    private const int LargestRun = 4;
    private const int JoinsTried = 5;

    public enum Outcome
    {
        Unchanged,
        Changed,

        /// <summary>Too large for this form, or for the limit: it must become dense first.</summary>
        DoesNotFit,
        Damaged,
    }

    public static void WriteEmpty(Span<byte> runs) => WriteGap(runs, HyperLogLog.Registers);

    /// <summary>Makes each register at least what it is here; false when the runs do not make up all registers.</summary>
    public static bool TryMerge(ReadOnlySpan<byte> runs, Span<byte> registers)
    {
        int register = 0;
        for (int at = 0; at < runs.Length; at += SizeOf(runs[at]))
        {
            if (at + SizeOf(runs[at]) > runs.Length) return false;
            int length = LengthOf(runs, at);
            if (register + length > registers.Length) return false;

            int value = ValueOf(runs[at]);
            if (value > 0)
            {
                for (int i = register; i < register + length; i++) registers[i] = (byte)Math.Max(registers[i], value);
            }

            register += length;
        }

        return register == registers.Length;
    }

    /// <summary>Makes one register at least so large.</summary>
    /// <param name="runs">With room for <see cref="LargestGrowth"/> bytes behind the used ones.</param>
    /// <param name="used">The bytes in use, before and after.</param>
    /// <param name="limit">The bytes that may be in use.</param>
    /// <param name="index">Of the register.</param>
    /// <param name="value">At least 1.</param>
    public static Outcome Raise(Span<byte> runs, ref int used, int limit, int index, int value)
    {
        if (value > LargestValue) return Outcome.DoesNotFit;
        if (!TryLocate(runs[..used], index, out int at, out int before, out int first)) return Outcome.Damaged;

        int length = LengthOf(runs, at);
        int old = ValueOf(runs[at]);
        if (old >= value) return Outcome.Unchanged;

        if (length == 1 && SizeOf(runs[at]) == 1)
        {
            runs[at] = Run(value, 1);
        }
        else
        {
            Span<byte> parts = stackalloc byte[5];
            int partBytes = Split(parts, first, length, old, index, value);
            int growth = partBytes - SizeOf(runs[at]);
            if (growth > 0 && used + growth > limit) return Outcome.DoesNotFit;

            runs[(at + SizeOf(runs[at]))..used].CopyTo(runs[(at + partBytes)..]);
            parts[..partBytes].CopyTo(runs[at..]);
            used += growth;
        }

        Join(runs, ref used, before);
        return Outcome.Changed;
    }

    /// <summary>As PFDEBUG DECODE shows them: z and Z are gaps of the short and the long form, v a value and how many there are of it.</summary>
    public static void Describe(ReadOnlySpan<byte> runs, StringBuilder text)
    {
        for (int at = 0; at < runs.Length; at += SizeOf(runs[at]))
        {
            if (text.Length > 0) text.Append(' ');
            int value = ValueOf(runs[at]);
            string mark = value > 0 ? "v" : SizeOf(runs[at]) == 1 ? "z" : "Z";

            // A long gap that is cut off ends with the zero that Redis has behind every string.
            int length = at + SizeOf(runs[at]) <= runs.Length ? LengthOf(runs, at) : LengthOf([runs[at], 0], 0);
            text.Append(CultureInfo.InvariantCulture, $"{mark}:{(value > 0 ? $"{value}," : "")}{length}");
        }
    }

    /// <summary>The run that holds the register, the one before it (or the first), and the register that it begins with.</summary>
    private static bool TryLocate(ReadOnlySpan<byte> runs, int index, out int at, out int before, out int first)
    {
        at = before = first = 0;
        while (at < runs.Length)
        {
            int size = SizeOf(runs[at]);
            if (at + size > runs.Length) return false;

            int length = LengthOf(runs, at);
            if (index < first + length) return true;
            before = at;
            at += size;
            first += length;
        }

        return false;
    }

    private static int Split(Span<byte> parts, int first, int length, int old, int index, int value)
    {
        int head = index - first;
        int tail = first + length - 1 - index;
        int bytes = 0;
        if (head > 0) bytes += old == 0 ? WriteGap(parts, head) : WriteRun(parts, old, head);
        bytes += WriteRun(parts[bytes..], value, 1);
        if (tail > 0) bytes += old == 0 ? WriteGap(parts[bytes..], tail) : WriteRun(parts[bytes..], old, tail);
        return bytes;
    }

    /// <summary>Joins neighbours of one value, looking at a few runs only.</summary>
    private static void Join(Span<byte> runs, ref int used, int at)
    {
        for (int tries = JoinsTried; at < used && tries > 0; tries--)
        {
            int value = ValueOf(runs[at]);
            if (value > 0 && at + 1 < used && ValueOf(runs[at + 1]) == value)
            {
                int length = LengthOf(runs, at) + LengthOf(runs, at + 1);
                if (length <= LargestRun)
                {
                    runs[at + 1] = Run(value, length);
                    runs[(at + 1)..used].CopyTo(runs[at..]);
                    used--;
                    continue;
                }
            }

            at += SizeOf(runs[at]);
        }
    }

    private static int SizeOf(byte run) => (run & 0xC0) == 0x40 ? 2 : 1;

    /// <summary>Zero for a gap.</summary>
    private static int ValueOf(byte run) => (run & 0x80) == 0 ? 0 : ((run >> 2) & 31) + 1;

    private static int LengthOf(ReadOnlySpan<byte> runs, int at)
    {
        byte run = runs[at];
        if ((run & 0x80) != 0) return (run & 3) + 1;
        return SizeOf(run) == 1 ? (run & 63) + 1 : (((run & 63) << 8) | runs[at + 1]) + 1;
    }

    private static byte Run(int value, int length) => (byte)(0x80 | ((value - 1) << 2) | (length - 1));

    private static int WriteRun(Span<byte> target, int value, int length)
    {
        target[0] = Run(value, length);
        return 1;
    }

    private static int WriteGap(Span<byte> target, int length)
    {
        Debug.Assert(length is > 0 and <= HyperLogLog.Registers);
        if (length <= LargestShortGap)
        {
            target[0] = (byte)(length - 1);
            return 1;
        }

        target[0] = (byte)(0x40 | ((length - 1) >> 8));
        target[1] = (byte)(length - 1);
        return 2;
    }
}
