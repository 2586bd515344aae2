using System.Buffers;
using System.Runtime.InteropServices;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>The longest common subsequence of two strings, by the classic table of the lengths for all pairs of prefixes.</summary>
internal static unsafe class LcsCommand
{
    // LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]
    public static void Lcs(ref CommandContext context)
    {
        // The first place is void after the second search: a search may delete what is dead or move buckets, but never an entry that lives.
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        Entry first = place.Exists ? place.Entry : default;
        place = context.Keyspace.Find(context.Arguments[2], Lookup.Read);
        Entry second = place.Exists ? place.Entry : default;

        if ((!first.IsNull && first.Kind != ValueKind.String) || (!second.IsNull && second.Kind != ValueKind.String))
        {
            context.ReplyError("ERR The specified keys must contain string values"u8);
            return;
        }

        if (!TryParse(ref context, out Options options)) return;

        Span<byte> digits = stackalloc byte[2 * RespNumber.MaxLongLength];
        ReadOnlySpan<byte> a = first.IsNull ? default : StringText.Of(first, digits[..RespNumber.MaxLongLength]);
        ReadOnlySpan<byte> b = second.IsNull ? default : StringText.Of(second, digits[RespNumber.MaxLongLength..]);

        ulong tableBytes = ((ulong)a.Length + 1) * ((ulong)b.Length + 1) * sizeof(uint);
        if (tableBytes > (ulong)context.Server.Settings.ProtoMaxBulkLength)
        {
            context.ReplyError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"u8);
            return;
        }

        var table = new LengthTable((uint*)NativeMemory.Alloc((nuint)tableBytes), b.Length + 1);
        try
        {
            table.Fill(a, b);
            Answer(ref context, options, a, b, table);
        }
        finally
        {
            NativeMemory.Free(table.Cells);
        }
    }

    private static bool TryParse(ref CommandContext context, out Options options)
    {
        options = default;
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            if (Word.Is(word, "IDX"u8))
            {
                options.WithRanges = true;
            }
            else if (Word.Is(word, "LEN"u8))
            {
                options.LengthOnly = true;
            }
            else if (Word.Is(word, "WITHMATCHLEN"u8))
            {
                options.WithMatchLength = true;
            }
            else if (Word.Is(word, "MINMATCHLEN"u8) && i + 1 < context.Arguments.Count)
            {
                if (!context.TryReadInteger(++i, out options.MinMatchLength)) return false;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        if (!options.WithRanges || !options.LengthOnly) return true;
        context.ReplyError("ERR If you want both the length and indexes, please just use IDX."u8);
        return false;
    }

    private static void Answer(ref CommandContext context, Options options, scoped ReadOnlySpan<byte> a, scoped ReadOnlySpan<byte> b, LengthTable table)
    {
        uint length = table[a.Length, b.Length];
        if (options.LengthOnly)
        {
            context.ReplyInteger(length);
            return;
        }

        byte[] common = ArrayPool<byte>.Shared.Rent((int)length);
        List<Match> matches = WalkBack(a, b, table, common);
        if (options.WithRanges) ReplyRanges(ref context, options, matches, length);
        else context.ReplyBulk(common.AsSpan(0, (int)length));
        ArrayPool<byte>.Shared.Return(common);
    }

    /// <summary>Follows the table from the ends of both strings; a match is a run of bytes that stand together in both.</summary>
    private static List<Match> WalkBack(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, LengthTable table, Span<byte> common)
    {
        var matches = new List<Match>();
        uint written = table[a.Length, b.Length];
        int i = a.Length, j = b.Length, run = 0;
        while (i > 0 && j > 0)
        {
            if (a[i - 1] == b[j - 1])
            {
                common[(int)--written] = a[i - 1];
                i--;
                j--;
                run++;
                continue;
            }

            if (run > 0) matches.Add(new Match(i, j, run));
            run = 0;
            if (table[i - 1, j] > table[i, j - 1]) i--;
            else j--;
        }

        if (run > 0) matches.Add(new Match(i, j, run));
        return matches;
    }

    private static void ReplyRanges(ref CommandContext context, Options options, List<Match> matches, uint length)
    {
        matches.RemoveAll(match => match.Length < options.MinMatchLength);
        context.ReplyMap(2);
        context.ReplyBulk("matches"u8);
        context.ReplyArray(matches.Count);
        foreach (Match match in matches)
        {
            context.ReplyArray(options.WithMatchLength ? 3 : 2);
            ReplyRange(ref context, match.InFirst, match.Length);
            ReplyRange(ref context, match.InSecond, match.Length);
            if (options.WithMatchLength) context.ReplyInteger(match.Length);
        }

        context.ReplyBulk("len"u8);
        context.ReplyInteger(length);
    }

    private static void ReplyRange(ref CommandContext context, int start, int length)
    {
        context.ReplyArray(2);
        context.ReplyInteger(start);
        context.ReplyInteger(start + length - 1);
    }

    private struct Options
    {
        public bool WithRanges;
        public bool LengthOnly;
        public bool WithMatchLength;
        public long MinMatchLength;
    }

    private readonly record struct Match(int InFirst, int InSecond, int Length);

    private readonly struct LengthTable(uint* cells, int width)
    {
        public uint* Cells => cells;

        public uint this[int i, int j] => cells[((long)i * width) + j];

        public void Fill(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
        {
            NativeMemory.Clear(cells, (nuint)width * sizeof(uint));
            for (int i = 1; i <= a.Length; i++)
            {
                uint* row = cells + ((long)i * width);
                uint* above = row - width;
                row[0] = 0;
                for (int j = 1; j <= b.Length; j++)
                    row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            }
        }
    }
}
