using Keyway.Differential.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>When two replies of different bytes say the same: what depends on a clock, on chance, on the order of a hash table or on the process.</summary>
internal static class ReplyRules
{
    private const long ClockTolerance = 20_000;          // milliseconds, and more than enough seconds
    private const long WallClock = 100_000_000_000;      // no count or length is that large, every time of day in milliseconds is larger

    /// <param name="call">What was asked.</param>
    /// <param name="expected">What redis-server has answered.</param>
    /// <param name="actual">What was answered by the other.</param>
    /// <param name="isOrderFree">True if a value of the request is kept in a hash table, whose order is nobody's business.</param>
    /// <param name="queued">What was queued, if the request is EXEC.</param>
    public static bool AreSame(Call call, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, bool isOrderFree, IReadOnlyList<Call>? queued = null)
    {
        if (expected.SequenceEqual(actual)) return true;
        return AreSame(call, RespValue.Parse(expected), RespValue.Parse(actual), isOrderFree, queued);
    }

    public static bool AreSame(Call call, RespValue expected, RespValue actual, bool isOrderFree, IReadOnlyList<Call>? queued = null)
    {
        if (expected.Equals(actual)) return true;
        if (expected.IsError || actual.IsError || expected.IsNull != actual.IsNull || expected.Kind != actual.Kind) return AllowList.Covers(call, expected, actual);
        return Matches(call, expected, actual, isOrderFree, queued) || AllowList.Covers(call, expected, actual);
    }

    public static bool IsSameMultiset(IEnumerable<RespValue> expected, IEnumerable<RespValue> actual) => Sorted(expected).SequenceEqual(Sorted(actual));

    /// <summary>Names and what belongs to each, in one list or as pairs.</summary>
    public static IEnumerable<string> Pairs(RespValue reply)
    {
        if (reply.Count > 0 && reply[0].Kind == '*') return reply.Items.Select(pair => pair.ToString());
        return reply.Items.Chunk(2).Select(pair => $"{pair[0]} {pair[^1]}");
    }

    private static bool Matches(Call call, RespValue expected, RespValue actual, bool isOrderFree, IReadOnlyList<Call>? queued) => call.Verb switch
    {
        Verb.Exec => queued != null && IsSameExec(expected, actual, queued),
        Verb.Ttl or Verb.Pttl or Verb.Expiretime or Verb.Pexpiretime => IsClose(expected, actual),
        Verb.Keys => IsSameMultiset(expected.Items, actual.Items),
        Verb.Smembers or Verb.Sinter or Verb.Sunion or Verb.Sdiff or Verb.Hkeys or Verb.Hvals => isOrderFree && IsSameMultiset(expected.Items, actual.Items),
        Verb.Hgetall => isOrderFree && IsSamePairs(expected, actual),
        Verb.Sort or Verb.Sort_Ro => isOrderFree && expected.Count == actual.Count && LeavesOrderOpen(call, expected),
        Verb.Xadd => call.Words.Contains("*") && expected.Text.Contains('-') && actual.Text.Contains('-'),
        Verb.Xpending => IsSameButTimes(expected, actual, idleAt: 2),
        Verb.Xinfo => IsSameInfo(expected, actual),
        Verb.Pubsub => call.Name is "PUBSUB CHANNELS" or "PUBSUB SHARDCHANNELS" && IsSameMultiset(expected.Items, actual.Items),
        _ => ServiceRules.Matches(call, expected, actual),
    };

    private static bool IsSameExec(RespValue expected, RespValue actual, IReadOnlyList<Call> queued)
    {
        if (expected.Count != actual.Count || expected.Count != queued.Count) return false;
        for (int i = 0; i < queued.Count; i++)
        {
            if (!AreSame(queued[i], expected[i], actual[i], isOrderFree: true) && !AreOwners(queued[i], expected[i], actual[i])) return false;
        }

        return true;
    }

    // A transaction's queue, too, holds what its requests have written, until it has ended.
    private static bool AreOwners(Call call, RespValue expected, RespValue actual) => call.Name == "OBJECT REFCOUNT" && expected.Kind == ':' && actual.Kind == ':' && expected.Integer == actual.Integer + 1;

    // Not sorted at all, or texts by weights of which several may be the same: then the order is the table's, and a LIMIT takes others.
    private static bool LeavesOrderOpen(Call call, RespValue reply)
    {
        int by = Array.FindLastIndex(call.Words, word => word.Equals("BY", StringComparison.OrdinalIgnoreCase));
        bool isText = call.Words.Contains("ALPHA", StringComparer.OrdinalIgnoreCase);
        if (by < 0 || by + 1 == call.Words.Length) return isText && reply.Items.Any(item => item.Text.Contains('\0'));   // texts are compared up to there
        return isText || !call.Words[by + 1].Contains('*');
    }

    private static bool IsSamePairs(RespValue expected, RespValue actual) => Pairs(expected).Order(StringComparer.Ordinal).SequenceEqual(Pairs(actual).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Sorted(IEnumerable<RespValue> values) => values.Select(value => value.ToString()).Order(StringComparer.Ordinal);

    private static bool IsClose(RespValue expected, RespValue actual) =>
        expected.Kind == ':' && actual.Kind == ':' && expected.Integer >= 0 && actual.Integer >= 0 && Math.Abs((decimal)expected.Integer - actual.Integer) <= ClockTolerance;

    // [id, consumer, idle, deliveries]
    private static bool IsSameButTimes(RespValue expected, RespValue actual, int idleAt)
    {
        if (expected.Count != actual.Count) return false;
        for (int i = 0; i < expected.Count; i++)
        {
            RespValue one = expected[i];
            RespValue other = actual[i];
            if (one.Count != other.Count || one.Kind != other.Kind) return false;
            if (one.Count == 0 && !one.Equals(other)) return false;
            for (int j = 0; j < one.Count; j++)
            {
                if (!one[j].Equals(other[j]) && (j != idleAt || !IsClose(one[j], other[j]))) return false;
            }
        }

        return true;
    }

    // Whatever is a time of day in milliseconds, or stands behind "idle".
    private static bool IsSameInfo(RespValue expected, RespValue actual)
    {
        if (expected.Kind != actual.Kind || expected.Count != actual.Count || expected.IsNull != actual.IsNull) return false;
        if (expected.Count == 0) return expected.Equals(actual) || (expected.Kind == ':' && expected.Integer > WallClock && IsClose(expected, actual));
        for (int i = 0; i < expected.Count; i++)
        {
            bool isIdle = i > 0 && expected[i - 1].Text == "idle" && IsClose(expected[i], actual[i]);
            if (!isIdle && !IsSameInfo(expected[i], actual[i])) return false;
        }

        return true;
    }
}
