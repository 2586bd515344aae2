using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>
/// Finds a shard's master by what its sentinels say, and believes none of them blindly: whoever they name must say so itself, and a change that
/// one sentinel alone knows of counts only when the new master's history goes on from the old one's. The word of the newest epoch is never
/// gone back behind.
/// </summary>
internal sealed class SentinelFinder
{
    // Sentinels that were all told anew begin again with epoch 0. Those that merely have not heard yet do so within seconds.
    private const long ForgottenAfterMs = 20_000;

    private ServerAddress? _master;
    private string _history = "";
    private long _epoch = -1;
    private long _verifiedTicks;
    private long _olderSinceMs = -1;

    public Finding Look(IReadOnlyList<SentinelClaim> claims, IReadOnlyList<NodeReport> reports, int sentinels, long nowMs)
    {
        ForgetEpoch(claims, nowMs);
        NodeReport? present = Of(reports, _master);
        string reason = "";
        bool isOverruled = false;
        foreach (IGrouping<(ServerAddress Master, long Epoch), SentinelClaim> group in claims.GroupBy(claim => (claim.Master, claim.Epoch))
            .OrderByDescending(group => group.Key.Epoch).ThenByDescending(group => group.Count()))
        {
            if (group.Key.Epoch < _epoch) break;
            bool isMajority = 2 * group.Count() > claims.Count;
            NodeReport? named = Of(reports, group.Key.Master);
            if (named is { Claims: true } && (isMajority || named.Server == _master || _master is null || GoesOn(named)))
            {
                Take(named, group.Key.Epoch);
                return new Finding(_master, _verifiedTicks, "");
            }
            if (!isMajority) continue;
            reason = $"sentinels name {group.Key.Master}; {named?.InWords ?? "it was not asked yet"}";
            isOverruled = group.Key.Master != _master;
            break;
        }

        if (claims.Count == 0)
        {
            reason = sentinels == 0 ? "no sentinel answers" : "no sentinel knows it";

            // Without sentinels nobody is made master: who was it still is, as long as it says so.
            if (present is { Claims: true })
            {
                Take(present, _epoch);
                return new Finding(_master, _verifiedTicks, "");
            }
        }

        bool remains = _master is not null && !isOverruled && present is not { IsReplica: true };
        FailureKind kind = present is { Trouble: not null } ? present.TroubleKind : FailureKind.Refused;
        if (reason.Length == 0) reason = present?.InWords ?? "sentinels do not agree on it";
        return new Finding(remains ? _master : null, _verifiedTicks, reason, kind);
    }

    private bool GoesOn(NodeReport named) => _history.Length > 0 && named.FormerHistory == _history;

    private void Take(NodeReport master, long epoch)
    {
        _master = master.Server;
        _history = master.History;
        _epoch = Math.Max(_epoch, epoch);
        _verifiedTicks = master.AskedTicks;
    }

    private void ForgetEpoch(IReadOnlyList<SentinelClaim> claims, long nowMs)
    {
        bool allOlder = claims.Count > 0 && claims.All(claim => claim.Epoch < _epoch);
        if (!allOlder) _olderSinceMs = -1;
        else if (_olderSinceMs < 0) _olderSinceMs = nowMs;
        else if (nowMs - _olderSinceMs >= ForgottenAfterMs) _epoch = -1;
    }

    private static NodeReport? Of(IReadOnlyList<NodeReport> reports, ServerAddress? server) =>
        server is null ? null : reports.FirstOrDefault(report => report.Server == server);
}
