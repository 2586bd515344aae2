using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Walks over all keys.</summary>
internal static class ScanCommands
{
    private const int EmptyBucketsPerElement = 10;      // a sparse table must not make one call long

    // KEYS pattern
    public static void Keys(ref CommandContext context)
    {
        ReadOnlySpan<byte> pattern = context.Arguments[1];
        EntryList found = context.Server.ScanResults;
        found.Clear();
        var matches = new List<Entry>();
        ulong cursor = 0;
        do
        {
            cursor = context.Keyspace.Scan(cursor, found);
            TakeMatches(context.Keyspace, pattern, isAbsent: false, found, matches);
            found.Clear();
        }
        while (cursor != 0);

        context.ReplyArray(matches.Count);
        foreach (Entry entry in matches) context.ReplyBulk(entry.Key);
    }

    // SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
    public static void Scan(ref CommandContext context)
    {
        if (!TryParseCursor(context.Arguments[1], out ulong cursor))
        {
            context.ReplyError("ERR invalid cursor"u8);
            return;
        }

        if (!TryReadOptions(ref context, out Options options, out ReadOnlySpan<byte> pattern, out ReadOnlySpan<byte> type)) return;
        long count = options.Count;

        EntryList found = context.Server.ScanResults;
        found.Clear();
        long buckets = count > long.MaxValue / EmptyBucketsPerElement ? long.MaxValue : count * EmptyBucketsPerElement;
        do cursor = context.Keyspace.Scan(cursor, found);
        while (cursor != 0 && --buckets > 0 && found.Count < count);

        var matches = new List<Entry>(found.Count);
        TakeMatches(context.Keyspace, pattern, isAbsent: !options.HasPattern, found, matches);
        DeleteDead(context.Keyspace, pattern, isAbsent: !options.HasPattern, found);
        if (options.HasType) FilterByType(matches, type);

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        System.Buffers.Text.Utf8Formatter.TryFormat(cursor, digits, out int length);
        context.ReplyArray(2);
        context.ReplyBulk(digits[..length]);
        context.ReplyArray(matches.Count);
        foreach (Entry entry in matches) context.ReplyBulk(entry.Key);
    }

    private static void TakeMatches(Database database, ReadOnlySpan<byte> pattern, bool isAbsent, EntryList found, List<Entry> matches)
    {
        for (int i = 0; i < found.Count; i++)
        {
            // Dead ones are passed over, not deleted: that would change the table under the walk.
            if (!database.IsDead(found[i]) && Passes(found[i], pattern, isAbsent)) matches.Add(found[i]);
        }
    }

    // The cursor is known by now, and no entry that lives moves when another goes.
    private static void DeleteDead(Database database, ReadOnlySpan<byte> pattern, bool isAbsent, EntryList found)
    {
        for (int i = 0; i < found.Count; i++)
        {
            if (database.IsDead(found[i]) && Passes(found[i], pattern, isAbsent)) database.Find(found[i].Key);
        }
    }

    private static bool Passes(Entry entry, ReadOnlySpan<byte> pattern, bool isAbsent) =>
        isAbsent || pattern is [(byte)'*'] || GlobPattern.Matches(pattern, entry.Key);

    private static void FilterByType(List<Entry> matches, ReadOnlySpan<byte> type)
    {
        int kept = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            if (Word.Is(type, KeyCommands.NameOf(matches[i].Kind))) matches[kept++] = matches[i];
        }

        matches.RemoveRange(kept, matches.Count - kept);
    }

    private static bool TryReadOptions(ref CommandContext context, out Options options, out ReadOnlySpan<byte> pattern, out ReadOnlySpan<byte> type)
    {
        options = new Options { Count = 10 };
        pattern = type = default;
        for (int i = 2; i < context.Arguments.Count; i += 2)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasValue = i + 1 < context.Arguments.Count;
            if (hasValue && Word.Is(word, "COUNT"u8))
            {
                if (!context.TryReadInteger(i + 1, out options.Count)) return false;
                if (options.Count < 1)
                {
                    context.ReplySyntaxError();
                    return false;
                }
            }
            else if (hasValue && Word.Is(word, "MATCH"u8))
            {
                pattern = context.Arguments[i + 1];
                options.HasPattern = true;
            }
            else if (hasValue && Word.Is(word, "TYPE"u8))
            {
                type = context.Arguments[i + 1];
                options.HasType = true;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    private struct Options
    {
        public long Count;
        public bool HasPattern;
        public bool HasType;
    }

    // What C's strtoul takes whole: a sign (a negative cursor wraps) and digits, or nothing at all.
    private static bool TryParseCursor(ReadOnlySpan<byte> text, out ulong cursor)
    {
        cursor = 0;
        if (text.IsEmpty) return true;

        bool isNegative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (text.IsEmpty) return false;
        foreach (byte b in text)
        {
            uint digit = b - (uint)'0';
            if (digit > 9 || cursor > (ulong.MaxValue - digit) / 10) return false;
            cursor = (cursor * 10) + digit;
        }

        if (isNegative) cursor = unchecked(0 - cursor);
        return true;
    }
}
