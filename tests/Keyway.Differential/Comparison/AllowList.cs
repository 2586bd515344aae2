using Keyway.Differential.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>
/// Where the two servers are allowed to differ, each with its reason. Nothing belongs here that an application could notice; what Redis itself does
/// not answer the same twice (clocks, chance, the order of hash tables) is in <see cref="ReplyRules"/>.
/// </summary>
internal static class AllowList
{
    public static readonly (string Reason, Func<Call, RespValue, RespValue, bool> Covers)[] All =
    [
        ("texts for people: ours are our own", (call, expected, actual) => call.Name.EndsWith(" HELP", StringComparison.Ordinal) && expected.Count > 0 && expected[0].Equals(actual[0])),
        ("summaries for people: ours are our own", (call, expected, actual) => call.Name == "COMMAND DOCS" && IsSameButTexts(expected, actual)),
    ];

    public static bool Covers(Call call, RespValue expected, RespValue actual)
    {
        foreach ((string _, Func<Call, RespValue, RespValue, bool> covers) in All)
        {
            if (covers(call, expected, actual)) return true;
        }

        return false;
    }

    // Names and the facts about them; of how arguments are described elsewhere is more to say than whether it is the same.
    private static bool IsSameButTexts(RespValue expected, RespValue actual)
    {
        Dictionary<string, RespValue> theirs = Entries(expected);
        Dictionary<string, RespValue> ours = Entries(actual);
        if (!theirs.Keys.ToHashSet().SetEquals(ours.Keys)) return false;
        foreach ((string command, RespValue description) in theirs)
        {
            Dictionary<string, RespValue> their = Facts(description);
            Dictionary<string, RespValue> our = Facts(ours[command]);
            foreach (string fact in (string[])["since", "group", "doc_flags", "deprecated_since"])
            {
                if (!Equals(their.GetValueOrDefault(fact), our.GetValueOrDefault(fact))) return false;
            }

            if (their.TryGetValue("subcommands", out RespValue? subcommands) && !(our.TryGetValue("subcommands", out RespValue? others) && IsSameButTexts(subcommands, others))) return false;
        }

        return true;

        static Dictionary<string, RespValue> Entries(RespValue map) => Facts(map).Where(entry => !NotServedYet.Names(entry.Key)).ToDictionary();

        static Dictionary<string, RespValue> Facts(RespValue map) => map.Items.Chunk(2).ToDictionary(pair => pair[0].Text, pair => pair[1]);
    }
}
