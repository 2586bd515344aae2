using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>
/// Finds out which of a shard's servers is its master, from what they say of themselves. A master that was left for another is never gone back
/// to, unless it has since been a part of the newer history: a stale master that comes back still says that it is one, and what would be
/// written to it is thrown away when somebody makes it follow.
/// </summary>
/// <remarks>
/// Servers have no epochs, but they have histories: a replica shows its master's, and one that is promoted begins another and names the one
/// that it went on from. Of several that claim to be master, it is the one that was named from outside (<see cref="Hint"/>); else the one that
/// more replicas are in step with; else the one whose history goes on from the other's; else the one that was promoted last before our eyes;
/// else the one that we know already.
/// </remarks>
internal sealed class MasterFinder
{
    // Histories and promotions of long ago are of no use, and servers that restart for ever must not fill the memory.
    private const int MostRemembered = 64;

    private readonly List<string> _left = [];
    private readonly HashSet<ServerAddress> _former = [];
    private readonly HashSet<ServerAddress> _seenAsReplica = [];
    private readonly Dictionary<ServerAddress, int> _promoted = [];
    private ServerAddress? _master;
    private string _history = "";
    private long _verifiedTicks;
    private ServerAddress? _hinted;
    private bool _hintWasTrue;
    private int _promotions;
    private int _promotionsAtTake;

    /// <summary>The newest epoch that somebody named a master of.</summary>
    public long Epoch { get; private set; }

    /// <summary>Somebody who decides such things has made that server the master: no other is, until it was seen to be so.</summary>
    /// <returns>False when a newer word is known.</returns>
    public bool Hint(ServerAddress master, long epoch)
    {
        if (epoch < Epoch || (epoch == Epoch && _hinted is not null)) return false;
        Epoch = epoch;
        _hinted = master;
        _hintWasTrue = false;
        return true;
    }

    public Finding Look(IReadOnlyList<NodeReport> reports)
    {
        NotePromotions(reports);
        NodeReport? present = Of(reports, _master);
        NodeReport? best = null;
        foreach (NodeReport report in reports)
        {
            if (!report.Claims || IsStale(report, present)) continue;
            if (best is null || IsBetter(report, best, reports)) best = report;
        }
        if (best is not null)
        {
            Take(best);
            return new Finding(_master, _verifiedTicks, "");
        }

        // Silence is no abdication: who was the master is so until it says otherwise, or another one is.
        string reason = Words(reports);
        FailureKind kind = KindOf(reports, present);
        bool remains = present is not null && !present.IsReplica && !IsOverruled(present);
        return new Finding(remains ? _master : null, _verifiedTicks, reason, kind);
    }

    private void NotePromotions(IReadOnlyList<NodeReport> reports)
    {
        foreach (NodeReport report in reports)
        {
            if (report.IsReplica)
            {
                _seenAsReplica.Add(report.Server);
                _promoted.Remove(report.Server);
            }
            else if (report.Claims && _seenAsReplica.Remove(report.Server))
            {
                _promoted[report.Server] = ++_promotions;
            }
        }
    }

    private bool IsStale(NodeReport claimant, NodeReport? present)
    {
        if (IsOverruled(claimant)) return true;
        if (claimant.Server == _master || _master is null) return false;

        // The present master itself is in step with it: whatever was newer, nobody has it any more.
        if (present is { IsReplica: true, IsLinked: true } && present.History.Length > 0 && present.History == claimant.History) return false;
        if (claimant.History.Length > 0 && _left.Contains(claimant.History)) return true;

        // It goes on from what we know, or the present master says itself that it is none any more.
        if (_history.Length > 0 && (claimant.FormerHistory == _history || claimant.History == _history)) return false;
        if (present is { IsReplica: true }) return false;

        // One that we have left before, restarted: it has another name for the same old data. A server that was promoted was a replica first.
        if (_promoted.GetValueOrDefault(claimant.Server) > _promotionsAtTake) return false;
        return _former.Contains(claimant.Server) || (claimant.FormerHistory.Length > 0 && _left.Contains(claimant.FormerHistory));
    }

    // Somebody has named another one, and that one has not been seen to be the master yet.
    private bool IsOverruled(NodeReport report) => _hinted is not null && !_hintWasTrue && report.Server != _hinted;

    private bool IsBetter(NodeReport one, NodeReport other, IReadOnlyList<NodeReport> reports)
    {
        int followers = Followers(one, reports).CompareTo(Followers(other, reports));
        if (followers != 0) return followers > 0;
        if (GoesOnFrom(one, other)) return true;
        if (GoesOnFrom(other, one)) return false;
        int promoted = _promoted.GetValueOrDefault(one.Server).CompareTo(_promoted.GetValueOrDefault(other.Server));
        if (promoted != 0) return promoted > 0;
        if (other.Server == _master) return false;
        return one.Server == _master || one.Offset > other.Offset;
    }

    private static bool GoesOnFrom(NodeReport one, NodeReport other) => other.History.Length > 0 && one.FormerHistory == other.History;

    private static int Followers(NodeReport master, IReadOnlyList<NodeReport> reports)
    {
        int count = 0;
        foreach (NodeReport report in reports)
        {
            if (!report.IsReplica || !report.IsLinked) continue;
            if (master.History.Length > 0 ? report.History == master.History : report.Follows == master.Server) count++;
        }
        return count;
    }

    private void Take(NodeReport master)
    {
        if (master.Server == _hinted) _hintWasTrue = true;
        if (master.Server != _master)
        {
            if (_master is not null) _former.Add(_master);
            _former.Remove(master.Server);
            if (_former.Count > MostRemembered) _former.Clear();
            Leave(_history);
            Leave(master.FormerHistory);
            _master = master.Server;
            _promotionsAtTake = _promotions;
        }
        else if (master.History != _history)
        {
            Leave(_history);
        }
        _left.Remove(master.History);
        _history = master.History;
        _verifiedTicks = master.AskedTicks;
    }

    private void Leave(string history)
    {
        if (history.Length == 0 || _left.Contains(history)) return;
        _left.Add(history);
        if (_left.Count > MostRemembered) _left.RemoveAt(0);
    }

    private static NodeReport? Of(IReadOnlyList<NodeReport> reports, ServerAddress? server) =>
        server is null ? null : reports.FirstOrDefault(report => report.Server == server);

    private string Words(IReadOnlyList<NodeReport> reports)
    {
        const int Most = 4;
        IEnumerable<string> words = reports.Take(Most).Select(report =>
            !report.Claims ? report.InWords
            : IsOverruled(report) ? $"{report.InWords}, but {_hinted} was made it"
            : $"{report.InWords}, but was left for a newer one");
        return string.Join("; ", words) + (reports.Count > Most ? "; …" : "");
    }

    private static FailureKind KindOf(IReadOnlyList<NodeReport> reports, NodeReport? present)
    {
        if (present is { Trouble: not null }) return present.TroubleKind;
        if (present is null && reports.Any(report => report is { IsLoading: true, IsMaster: true })) return FailureKind.Loading;
        return reports.All(report => report.IsRefusing) ? FailureKind.Handshake : FailureKind.Refused;
    }
}
