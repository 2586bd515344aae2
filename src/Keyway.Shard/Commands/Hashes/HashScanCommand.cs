using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Commands.Hashes;

/// <summary>HSCAN.</summary>
internal static class HashScanCommand
{
    // HSCAN key cursor [MATCH pattern] [COUNT count]
    public static void HScan(ref CommandContext context)
    {
        if (!ScanOptions.TryBegin(ref context, ValueKind.Hash, out Entry entry, out ulong cursor, out ScanOptions options)) return;

        var hash = new StoredHash(context.Keyspace, entry);
        if (hash.Large != null) ScanLarge(ref context, hash.Large, cursor, options);
        else ScanSmall(ref context, hash, options);
    }

    private static unsafe void ScanLarge(ref CommandContext context, LargeHash hash, ulong cursor, scoped ScanOptions options)
    {
        BlockList found = context.Server.ScanResults;
        options.Walk(hash.Elements, ref cursor, found);
        ScanOptions.ReplyHead(ref context, cursor, found.Count * 2L);
        for (int i = 0; i < found.Count; i++)
        {
            context.ReplyBulk(FieldBlock.KeyOf(found[i]));
            context.ReplyBulk(FieldBlock.ValueOf(found[i]));
        }
    }

    // All at once, whatever the cursor and the count say.
    private static void ScanSmall(ref CommandContext context, StoredHash hash, scoped ScanOptions options)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        long matches = 0;
        for (HashReader reader = hash.Read(); reader.MoveNext();) matches += options.Matches(reader.Field.Text(digits)) ? 1 : 0;

        ScanOptions.ReplyHead(ref context, 0, matches * 2);
        for (HashReader reader = hash.Read(); reader.MoveNext();)
        {
            if (!options.Matches(reader.Field.Text(digits))) continue;
            context.ReplyElement(reader.Field);
            context.ReplyElement(reader.Value);
        }
    }
}
