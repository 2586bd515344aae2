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
