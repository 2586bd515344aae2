using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Running;

/// <summary>When messages are the same though their order is not: a client's patterns and channels are kept in hash tables.</summary>
internal static class PushRules
{
    public static bool AreSame(Call call, bool isOwn, List<byte[]> expected, List<byte[]> actual)
    {
        if (expected.Count != actual.Count || expected.Count < 2) return false;
        RespValue[] one = [.. expected.Select(reply => RespValue.Parse(reply))];
        RespValue[] other = [.. actual.Select(reply => RespValue.Parse(reply))];
        if (ReplyRules.IsSameMultiset(one, other)) return true;

        // [unsubscribe, channel, rest]: every channel once, while the rest counts down.
        bool isLeaving = isOwn && call.Words.Length == 1 && call.Words[0].EndsWith("UNSUBSCRIBE", StringComparison.OrdinalIgnoreCase);
        return isLeaving && one.All(IsMessage) && other.All(IsMessage)
            && one.Select(message => message[2]).SequenceEqual(other.Select(message => message[2]))
            && ReplyRules.IsSameMultiset(one.Select(message => message[1]), other.Select(message => message[1]));
    }

    private static bool IsMessage(RespValue value) => value.Count == 3;
}
