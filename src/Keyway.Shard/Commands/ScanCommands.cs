using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Walks over all keys.</summary>
internal static class ScanCommands
{
    // KEYS pattern
    public static void Keys(ref CommandContext context)
    {
        ReadOnlySpan<byte> pattern = context.Arguments[1];
        var options = new ScanOptions { HasPattern = pattern is not [(byte)'*'], Pattern = pattern };
        BlockList found = context.Server.ScanResults;
        found.Clear();
        var matches = new List<Entry>();
        ulong cursor = 0;
        do
        {
            cursor = context.Keyspace.Scan(cursor, found);
            TakeMatches(context.Keyspace, options, found, matches);
            found.Clear();
        }
        while (cursor != 0);

        context.ReplyArray(matches.Count);
        foreach (Entry entry in matches) context.ReplyBulk(entry.Key);
    }

    // SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
    public static void Scan(ref CommandContext context)
    {
        if (!ScanOptions.TryReadCursor(ref context, 1, out ulong cursor)) return;
        if (!ScanOptions.TryRead(ref context, 2, takesType: true, out ScanOptions options)) return;

        BlockList found = context.Server.ScanResults;
        found.Clear();
        long buckets = options.MaxBuckets;
        do cursor = context.Keyspace.Scan(cursor, found);
        while (cursor != 0 && --buckets > 0 && found.Count < options.Count);

        var matches = new List<Entry>(found.Count);
        TakeMatches(context.Keyspace, options, found, matches);

        // What dies while its type is looked at is of type "none" for Redis, and therefore found by whoever asks for that.
        List<byte[]>? gone = options.HasType && Word.Is(options.Type, "none"u8) && !context.Databases.LeavesDead ? [] : null;
        DeleteDead(context.Keyspace, options, found, gone);
        if (options.HasType) FilterByType(matches, options.Type);

        ScanOptions.ReplyHead(ref context, cursor, matches.Count + (gone?.Count ?? 0));
        foreach (Entry entry in matches) context.ReplyBulk(entry.Key);
        foreach (byte[] key in gone ?? []) context.ReplyBulk(key);
    }

    private static void TakeMatches(Database database, ScanOptions options, BlockList found, List<Entry> matches)
    {
        for (int i = 0; i < found.Count; i++)
        {
            // Dead ones are passed over, not deleted: that would change the table under the walk.
            if (!database.IsDead(found.EntryAt(i)) && options.Matches(found.EntryAt(i).Key)) matches.Add(found.EntryAt(i));
        }
    }

    // The cursor is known by now, and no entry that lives moves when another goes.
    private static void DeleteDead(Database database, ScanOptions options, BlockList found, List<byte[]>? gone)
    {
        for (int i = 0; i < found.Count; i++)
        {
            Entry entry = found.EntryAt(i);
            if (!database.IsDead(entry) || !options.Matches(entry.Key)) continue;
            gone?.Add(entry.Key.ToArray());
            database.Find(entry.Key);
        }
    }

    private static void FilterByType(List<Entry> matches, ReadOnlySpan<byte> type)
    {
        int kept = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            if (Word.Is(type, KeyCommands.NameOf(matches[i].Kind))) matches[kept++] = matches[i];
        }

        matches.RemoveRange(kept, matches.Count - kept);
    }
}
