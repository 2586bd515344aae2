using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>SSCAN.</summary>
internal static class SetScanCommand
{
    // SSCAN key cursor [MATCH pattern] [COUNT count]
    public static void SScan(ref CommandContext context)
    {
        if (!ScanOptions.TryBegin(ref context, ValueKind.Set, out Entry entry, out ulong cursor, out ScanOptions options)) return;

        var set = new StoredSet(context.Keyspace, entry);
        if (set.Large != null) ScanLarge(ref context, set.Large, cursor, options);
        else ScanSmall(ref context, set, options);
    }

    private static unsafe void ScanLarge(ref CommandContext context, LargeSet set, ulong cursor, scoped ScanOptions options)
    {
        BlockList found = context.Server.ScanResults;
        options.Walk(set.Elements, ref cursor, found);
        ScanOptions.ReplyHead(ref context, cursor, found.Count);
        for (int i = 0; i < found.Count; i++) context.ReplyBulk(MemberBlock.KeyOf(found[i]));
    }

    // All at once, whatever the cursor and the count say.
    private static void ScanSmall(ref CommandContext context, StoredSet set, scoped ScanOptions options)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        long matches = 0;
        for (SetReader reader = set.Read(); reader.MoveNext();) matches += options.Matches(reader.Member.Text(digits)) ? 1 : 0;

        ScanOptions.ReplyHead(ref context, 0, matches);
        for (SetReader reader = set.Read(); reader.MoveNext();)
        {
            if (options.Matches(reader.Member.Text(digits))) context.ReplyElement(reader.Member);
        }
    }
}
