using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>Compares all that the two servers hold: keys, types, encodings, digests, when they expire, and the groups of streams.</summary>
internal sealed class StateComparer(ServerPair pair)
{
    private const int Databases = 16;
    private const long ExpiryTolerance = 60_000;

    private bool? _hasDigests;

    /// <summary>Every key in which the two differ.</summary>
    /// <param name="limit">How many are enough.</param>
    public List<(int Database, string Key, Difference Difference)> Compare(int executed, int limit = int.MaxValue)
    {
        var found = new List<(int, string, Difference)>();
        for (int database = 0; database < Databases && found.Count < limit; database++)
        {
            (RespValue size, RespValue otherSize) = AskBoth(["SELECT", $"{database}"], ["DBSIZE"]);
            if (size.Text == "0" && otherSize.Text == "0") continue;
            CompareDatabase(database, executed, found);
        }

        return found;
    }

    private void CompareDatabase(int database, int executed, List<(int, string, Difference)> found)
    {
        (RespValue expectedKeys, RespValue actualKeys) = AskBoth(["KEYS", "*"]);
        var ours = actualKeys.Texts.ToHashSet();
        foreach (string key in expectedKeys.Texts.Where(key => !ours.Remove(key)).ToArray()) Note(database, key, "state: existence", "exists", "is missing");
        foreach (string key in ours) Note(database, key, "state: existence", "is missing", "exists");

        string[] both = expectedKeys.Texts.Intersect(actualKeys.Texts).Order(StringComparer.Ordinal).ToArray();
        string[][] questions = [.. both.SelectMany(Questions)];
        RespValue[] expected = AskMany(pair.Reference, questions);
        RespValue[] actual = AskMany(pair.Subject, questions);
        int perKey = both.Length == 0 ? 0 : questions.Length / both.Length;
        for (int i = 0; i < both.Length; i++)
        {
            for (int j = 0; j < perKey; j++)
            {
                int at = (i * perKey) + j;
                if (IsSame(questions[at], expected[at], actual[at])) continue;
                Note(database, both[i], $"state: {Aspect(questions[at])}", expected[at].ToString(), actual[at].ToString());
                break;
            }

            if (expected[i * perKey].Text != actual[i * perKey].Text) continue;
            CompareContent(database, both[i], expected[i * perKey].Text, Note);
        }

        void Note(int db, string key, string kind, string was, string isNow)
        {
            var name = new StringBuilder();
            Quoted.Append(name, key);
            found.Add((db, key, new Difference(executed, null, kind, $"{name} in database {db}: {Shorten(was)}", $"{name} in database {db}: {Shorten(isNow)}")));
        }
    }

    // What no digest shows: the groups of a stream. Without digests: everything.
    private void CompareContent(int database, string key, string type, Action<int, string, string, string, string> note)
    {
        string[]? read = type switch
        {
            "stream" => ["XINFO", "STREAM", key, "FULL", "COUNT", "0"],
            _ when HasDigests() => null,
            "string" => ["GET", key],
            "list" => ["LRANGE", key, "0", "-1"],
            "set" => ["SMEMBERS", key],
            "hash" => ["HGETALL", key],
            _ => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
        };
        if (read == null) return;

        (RespValue expected, RespValue actual) = AskBoth(read);
        if (!ReplyRules.AreSame(new Call(read), expected, actual, isOrderFree: true)) note(database, key, "state: content", expected.ToString(), actual.ToString());
    }

    private IEnumerable<string[]> Questions(string key) => HasDigests()
        ? [["TYPE", key], ["OBJECT", "ENCODING", key], ["PEXPIRETIME", key], ["DEBUG", "DIGEST-VALUE", key]]
        : [["TYPE", key], ["OBJECT", "ENCODING", key], ["PEXPIRETIME", key]];

    private static string Aspect(string[] question) => question[0] switch
    {
        "TYPE" => "type",
        "OBJECT" => "encoding",
        "PEXPIRETIME" => "expiry",
        _ => "digest",
    };

    private static bool IsSame(string[] question, RespValue expected, RespValue actual)
    {
        if (expected.Equals(actual)) return true;
        bool areTimes = question[0] == "PEXPIRETIME" && expected.Kind == ':' && actual.Kind == ':' && expected.Integer > 0 && actual.Integer > 0;
        return areTimes && Math.Abs((decimal)expected.Integer - actual.Integer) <= ExpiryTolerance;
    }

    private bool HasDigests() => _hasDigests ??= !pair.Subject.Ask("DEBUG", "DIGEST-VALUE", "x").IsError;

    private (RespValue Expected, RespValue Actual) AskBoth(params string[][] questions) => (AskMany(pair.Reference, questions)[^1], AskMany(pair.Subject, questions)[^1]);

    private static RespValue[] AskMany(Side side, string[][] questions)
    {
        const int Batch = 500;
        var replies = new RespValue[questions.Length];
        for (int start = 0; start < questions.Length; start += Batch)
        {
            int end = Math.Min(questions.Length, start + Batch);
            for (int i = start; i < end; i++) side.Observer.Append(questions[i]);
            side.Observer.Flush();
            for (int i = start; i < end; i++) replies[i] = RespValue.Parse(side.Observer.Read());
        }

        return replies;
    }

    private static string Shorten(string text) => text.Length > 500 ? text[..500] + "…" : text;
}
