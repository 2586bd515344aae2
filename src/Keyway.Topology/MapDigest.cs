using System.Security.Cryptography;
using System.Text;

namespace Keyway.Topology;

/// <summary>A short name for what a map decides, so that two gateways can be seen to serve the same one.</summary>
internal static class MapDigest
{
    private const int DigestBytes = 8;   // enough to tell maps apart on a dashboard; nothing is authenticated by it

    public static string Of(IReadOnlyList<RuleIndex> rules, IReadOnlyList<string> shardNames)
    {
        RuleIndex[] ordered = [.. rules];
        Array.Sort(ordered, (left, right) => left.Rule.Prefix.AsSpan().SequenceCompareTo(right.Rule.Prefix));

        var text = new StringBuilder();
        foreach (RuleIndex rule in ordered)
        {
            text.Append("rule ").Append(Convert.ToHexString(rule.Rule.Prefix)).Append('\n');
            AppendPlacement(text, rule, shardNames);
            if (!rule.LeavesKeys) continue;

            Otherwise otherwise = rule.Rule.Otherwise;
            text.Append("otherwise ").Append(otherwise.Kind).Append(' ').Append(otherwise.Kind == OtherwiseKind.Shard ? shardNames[otherwise.Shard] : "").Append('\n');
        }

        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(digest.AsSpan(0, DigestBytes));
    }

    private static void AppendPlacement(StringBuilder text, RuleIndex rule, IReadOnlyList<string> shardNames)
    {
        switch (rule.Rule.Placement)
        {
            case Placement.Slots:
                // By runs of equal shards: how the file cut them into ranges decides nothing.
                for (int slot = 0; slot < HashSlot.Count; slot++)
                {
                    if (slot == 0 || rule.Shards[slot] != rule.Shards[slot - 1])
                        text.Append("slots ").Append(slot).Append(' ').Append(shardNames[rule.Shards[slot]]).Append('\n');
                }

                break;
            case Placement.Number:
                foreach (NumberRange range in rule.Numbers)
                    text.Append("number ").Append(range.First ?? "0").Append('-').Append(range.Last).Append(' ').Append(shardNames[range.Shard]).Append('\n');
                break;
            case Placement.Text:
                foreach (TextRange range in rule.Texts)
                {
                    text.Append("text ").Append(Convert.ToHexString(range.From ?? [])).Append('-').Append(range.To is { } to ? Convert.ToHexString(to) : "open");
                    text.Append(' ').Append(shardNames[range.Shard]).Append('\n');
                }

                break;
            case Placement.Single single:
                text.Append("shard ").Append(shardNames[single.Shard]).Append('\n');
                break;
            case Placement.Twemproxy pool:
                text.Append(pool.Distribution).Append(' ').Append(pool.Hash).Append(' ').Append(Convert.ToHexString(pool.Tag)).Append('\n');
                foreach (TwemproxyServer server in pool.Servers)
                    text.Append("server ").Append(server.Declaration).Append(' ').Append(shardNames[server.Shard]).Append('\n');
                break;
        }
    }
}
