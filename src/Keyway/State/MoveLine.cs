using System.Globalization;
using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.State;

/// <summary>The line of the next map that gives keys their new owner, for messages.</summary>
internal static class MoveLine
{
    /// <returns>0 for the built-in map.</returns>
    public static int Of(PoolConfig pool, MapMove move)
    {
        // "user: 1-20000" is told of by the rule with the longest prefix that the words begin with.
        PartitionRule rule = pool.Rules
            .Where(candidate => move.Where.StartsWith(Printable.Text(candidate.Prefix), StringComparison.Ordinal))
            .MaxBy(candidate => candidate.Prefix.Length)
            ?? pool.Rules.First(candidate => candidate.Prefix.Length == 0);

        IEnumerable<(int Shard, int Line)> ranges = rule.Placement switch
        {
            Placement.Slots slots when FirstSlot(move.Where) is { } slot =>
                slots.Ranges.Where(range => range.First <= slot && slot <= range.Last).Select(range => (range.Shard, range.Line)),
            Placement.Slots slots => slots.Ranges.Select(range => (range.Shard, range.Line)),
            Placement.Number number => number.Ranges.Select(range => (range.Shard, range.Line)),
            Placement.Text text => text.Ranges.Select(range => (range.Shard, range.Line)),
            Placement.Twemproxy twemproxy => twemproxy.Servers.Select(server => (server.Shard, server.Line)),
            _ => [],
        };
        int line = ranges.FirstOrDefault(range => move.To.Contains(pool.Map.ShardNames[range.Shard])).Line;
        return line > 0 ? line : rule.Line;
    }

    private static int? FirstSlot(string where)
    {
        int word = where.IndexOf("slots ", StringComparison.Ordinal);
        if (word < 0) word = where.IndexOf("slot ", StringComparison.Ordinal);
        if (word < 0) return null;

        ReadOnlySpan<char> digits = where.AsSpan(where.IndexOf(' ', word) + 1);
        int length = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? digits : digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int slot) ? slot : null;
    }
}
