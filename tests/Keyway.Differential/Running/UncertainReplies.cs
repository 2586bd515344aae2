using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Running;

/// <summary>
/// Commands that may answer differently on two servers that are both right: chance, cursors, payloads. Their replies are checked against what the
/// servers hold, and where they have changed it differently, both get the same again.
/// </summary>
internal static class UncertainReplies
{
    private const string Scratch = "\u0001scratch";

    public static bool Concern(Call call) => call.Verb is Verb.Spop or Verb.Srandmember or Verb.Hrandfield or Verb.Zrandmember or Verb.Randomkey or Verb.Scan or Verb.Sscan or Verb.Hscan
        or Verb.Zscan or Verb.Dump;

    /// <summary>The replies differ in their bytes; nothing else is under way on the two connections.</summary>
    public static bool AreSame(Call call, ReadOnlySpan<byte> expectedBytes, ReadOnlySpan<byte> actualBytes, bool isOrderFree, Connection reference, Connection subject)
    {
        RespValue expected = RespValue.Parse(expectedBytes);
        RespValue actual = RespValue.Parse(actualBytes);
        if (expected.IsError || actual.IsError || expected.Kind != actual.Kind || expected.IsNull != actual.IsNull) return AllowList.Covers(call, expected, actual);
        return call.Verb switch
        {
            Verb.Spop => IsSamePop(call, expected, actual, reference, subject),
            Verb.Randomkey => Ask(reference, "EXISTS", actual.Text).Text == "1",
            Verb.Dump => IsSameDump(actual.Text, expected.Text, reference, subject),
            Verb.Srandmember or Verb.Hrandfield or Verb.Zrandmember => IsSameChoice(call, expected, actual, reference),
            _ => isOrderFree || call.Verb == Verb.Scan ? IsSameScan(call, expected, actual, reference, subject) : false,
        };
    }

    private static RespValue Ask(Connection connection, params ReadOnlySpan<string> words) => RespValue.Parse(connection.Ask(words));

    private static List<string> Elements(RespValue reply) => reply.Kind is '*' or '~' ? [.. reply.Texts] : [reply.Text];

    private static bool IsSamePop(Call call, RespValue expected, RespValue actual, Connection reference, Connection subject)
    {
        string key = call.Words[1];
        string[] left = Ask(reference, "SMEMBERS", key).Texts;
        List<string> before = [.. left, .. Elements(expected)];
        List<string> others = [.. Ask(subject, "SMEMBERS", key).Texts, .. Elements(actual)];
        if (!before.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal))) return false;

        // The same elements from here on, so that the sequence can go on.
        foreach (Connection connection in (Connection[])[reference, subject])
        {
            Ask(connection, "DEL", key);
            if (left.Length > 0) Ask(connection, ["SADD", key, .. left]);
        }

        return true;
    }

    private static bool IsSameChoice(Call call, RespValue expected, RespValue actual, Connection reference)
    {
        string key = call.Words[1];
        bool hasPairs = call.Words.Length > 3;
        RespValue all = call.Verb switch
        {
            Verb.Srandmember => Ask(reference, "SMEMBERS", key),
            Verb.Hrandfield => hasPairs ? Ask(reference, "HGETALL", key) : Ask(reference, "HKEYS", key),
            _ => hasPairs ? Ask(reference, "ZRANGE", key, "0", "-1", "WITHSCORES") : Ask(reference, "ZRANGE", key, "0", "-1"),
        };
        if (call.Words.Length == 2) return all.Texts.Contains(actual.Text);
        if (expected.Count != actual.Count || (actual.Count > 0 && expected[0].Kind != actual[0].Kind)) return false;

        string[] chosen = hasPairs ? Joined(actual) : actual.Texts;
        bool isDistinct = call.Words[2].StartsWith('-') || chosen.Distinct().Count() == chosen.Length;
        return isDistinct && chosen.All((hasPairs ? Joined(all) : all.Texts).ToHashSet().Contains);
    }

    // In RESP3 pairs are arrays or a map's neighbours, in RESP2 neighbours.
    private static string[] Joined(RespValue reply) => reply.Count > 0 && reply[0].Kind == '*'
        ? [.. reply.Items.Select(pair => $"{pair[0].Text}\0{pair[1].Text}")]
        : [.. reply.Items.Chunk(2).Select(pair => $"{pair[0].Text}\0{pair[^1].Text}")];

    private static bool IsSameScan(Call call, RespValue expected, RespValue actual, Connection reference, Connection subject)
    {
        if (expected.Count != 2 || actual.Count != 2) return false;
        int cursorAt = call.Verb == Verb.Scan ? 1 : 2;
        if (call.Words[cursorAt] != "0") return true;       // somebody's cursor in another table leads anywhere
        bool hasPairs = call.Verb is Verb.Hscan or Verb.Zscan;
        return Walk(call, expected, reference, cursorAt, hasPairs).SetEquals(Walk(call, actual, subject, cursorAt, hasPairs));
    }

    private static HashSet<string> Walk(Call call, RespValue first, Connection connection, int cursorAt, bool hasPairs)
    {
        var seen = new HashSet<string>();
        string[] words = [.. call.Words];
        for (RespValue step = first; ; step = Ask(connection, words))
        {
            if (step.IsError || seen.Count > 1_000_000) return [$"{step}"];
            seen.UnionWith(hasPairs ? Joined(step[1]) : step[1].Texts);
            if (step[0].Text == "0") return seen;
            words[cursorAt] = step[0].Text;
        }
    }

    // Payloads of one value need not be equal (tables have no order, what is compressed may be more or less so), but each must mean the same to the other.
    private static bool IsSameDump(string theirs, string ours, Connection reference, Connection subject)
    {
        if (theirs[0] != ours[0]) return false;
        string[] expected = Restored(reference, theirs);
        string[] actual = Restored(subject, ours);

        // A gateway keeps DEBUG to itself: then what the real server makes of the other's payload has to do.
        bool hasDigests = !actual[^1].StartsWith('-');
        return (hasDigests ? expected.SequenceEqual(actual) : expected[..^1].SequenceEqual(actual[..^1])) && expected.SequenceEqual(Restored(reference, ours));
    }

    private static string[] Restored(Connection connection, string payload)
    {
        RespValue restored = Ask(connection, "RESTORE", Scratch, "0", payload, "REPLACE");
        RespValue encoding = Ask(connection, "OBJECT", "ENCODING", Scratch);
        RespValue digest = Ask(connection, "DEBUG", "DIGEST-VALUE", Scratch);
        Ask(connection, "DEL", Scratch);
        return [restored.ToString(), encoding.ToString(), digest.ToString()];
    }
}
