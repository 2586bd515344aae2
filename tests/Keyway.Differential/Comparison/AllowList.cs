using Keyway.Differential.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>
/// Where the two servers are allowed to differ, each with its reason. Nothing belongs here that an application could notice; what Redis itself does
/// not answer the same twice (clocks, chance, the order of hash tables) is in <see cref="ReplyRules"/>.
/// </summary>
internal static class AllowList
{
    public static readonly (string Reason, Func<Call, RespValue, RespValue, bool> Covers)[] Entries =
    [
        ("texts for people: ours are our own", (call, expected, actual) => call.Name.EndsWith(" HELP", StringComparison.Ordinal) && expected.Count > 0 && expected[0].Equals(actual[0])),
        ("summaries for people: ours are our own", (call, expected, actual) => call.Name == "COMMAND DOCS" && expected.Count == actual.Count && (expected.Count == 0 || expected[0].Equals(actual[0]))),
    ];

    public static bool Covers(Call call, RespValue expected, RespValue actual)
    {
        foreach ((string _, Func<Call, RespValue, RespValue, bool> covers) in Entries)
        {
            if (covers(call, expected, actual)) return true;
        }

        return false;
    }
}
