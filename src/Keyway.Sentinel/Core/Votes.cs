namespace Keyway.Sentinel.Core;

/// <summary>Who leads a failover: asking the others, answering them, and counting.</summary>
internal sealed class Votes(SentinelContext context, Links links)
{
    private const string Nobody = "*";

    // What a sentinel said is forgotten after so many periods in which it could have said it again.
    private const int AskPeriodsValid = 5;
    private const int MaxIdLength = 64;

    // A disk that failed is not tried at every tick.
    private const int PersistRetryMs = 1000;

    private long _persistFailedAt;

    private SentinelState State => context.State;

    /// <summary>False for a moment after a failure to save.</summary>
    public bool MayPersist => context.Since(_persistFailedAt) > PersistRetryMs;

    public static int Majority(MonitoredMaster master) => (master.Sentinels.Count + 1) / 2 + 1;

    /// <summary>While the master is down to us, the others are asked whether it is to them, and, in a failover, for their votes.</summary>
    /// <param name="force">Now, not when it is time again.</param>
    public void AskOthers(MonitoredMaster master, bool force)
    {
        foreach (PeerSentinel sentinel in master.Sentinels.Values)
        {
            long answeredAgo = context.Since(sentinel.LastMasterDownReply);
            if (answeredAgo > context.Constants.AskPeriod * AskPeriodsValid)
            {
                sentinel.Flags &= ~InstanceFlags.MasterDown;
                sentinel.Leader = null;
            }

            InstanceLink link = sentinel.Link;
            if (!master.IsSubjectivelyDown || link.Disconnected) continue;
            if (!force && (answeredAgo < context.Constants.AskPeriod || sentinel.AskPendingGeneration == link.Generation)) continue;

            // In a failover the votes are asked for in its own epoch: one that is newer by now belongs to somebody else's.
            bool candidate = master.FailoverState != FailoverState.None;
            long epoch = candidate ? master.FailoverEpoch : State.CurrentEpoch;
            sentinel.AskPendingGeneration = link.Generation;
            links.Send(sentinel, RequestKind.IsMasterDown, "SENTINEL", "is-master-down-by-addr",
                master.Address.Text, $"{master.Address.Port}", $"{epoch}", candidate ? State.MyId : Nobody);
        }
    }

    public void OnMasterDown(PeerSentinel sentinel, SentinelReply reply)
    {
        sentinel.AskPendingGeneration = 0;
        if (reply.Kind != ReplyKind.Array || reply.Items is not [{ Kind: ReplyKind.Integer }, { Kind: ReplyKind.Bulk }, { Kind: ReplyKind.Integer }]) return;

        sentinel.LastMasterDownReply = context.Now;
        if (reply.Items[0].Number == 1) sentinel.Flags |= InstanceFlags.MasterDown;
        else sentinel.Flags &= ~InstanceFlags.MasterDown;

        string leader = reply.Items[1].Text;
        if (leader == Nobody) return;
        long epoch = reply.Items[2].Number;
        if (sentinel.LeaderEpoch != epoch) context.Output.Log(EventLevel.Warning, $"{sentinel.Name} voted for {leader} {epoch}");
        sentinel.Leader = leader;
        sentinel.LeaderEpoch = epoch;
    }

    public MasterDownAnswer Answer(string ip, int port, long epoch, string id)
    {
        // By its address: the names of masters are each sentinel's own.
        MonitoredMaster? master = State.Masters.Values.FirstOrDefault(known => known.Address.Port == port && known.Address.Ip == ip);
        if (master == null) return new MasterDownAnswer(false, Nobody, 0);

        bool down = !State.Tilt && master.IsSubjectivelyDown;
        if (id == Nobody || epoch < 0 || id.Length is 0 or > MaxIdLength) return new MasterDownAnswer(down, Nobody, 0);

        Vote(master, epoch, id);
        return new MasterDownAnswer(down, master.Leader ?? Nobody, master.LeaderEpoch);
    }

    /// <summary>The one whom enough sentinels elected in this epoch. Asking casts our own vote, if we have it still.</summary>
    public string? Leader(MonitoredMaster master, long epoch)
    {
        Dictionary<string, int> votes = VotesOfOthers(master, epoch);
        Vote(master, epoch, Ahead(votes) ?? State.MyId);
        if (master.Leader != null && master.LeaderEpoch == epoch) votes[master.Leader] = votes.GetValueOrDefault(master.Leader) + 1;

        string? winner = Ahead(votes);
        return winner != null && votes[winner] >= Majority(master) && votes[winner] >= master.Quorum ? winner : null;
    }

    /// <summary>
    /// Begins the present epoch with our vote in it, in one save: as long as it takes, the others may begin one of their own.
    /// <see cref="PublishVote"/> follows when the rest has been said.
    /// </summary>
    /// <returns>False when it cannot be saved: then nobody may hear of this epoch, which could be used again after a restart.</returns>
    public bool VoteFirst(MonitoredMaster master) => Save(master, State.CurrentEpoch, Ahead(VotesOfOthers(master, State.CurrentEpoch)) ?? State.MyId);

    public void PublishVote(MonitoredMaster master)
    {
        context.PublishText(EventLevel.Warning, "+vote-for-leader", master, $"{master.Leader} {master.LeaderEpoch}");
        // The one that we voted for shall have his time before we try ourselves.
        bool isOurs = State.MyId.Equals(master.Leader, StringComparison.OrdinalIgnoreCase);
        if (!isOurs) master.FailoverStart = context.Now + context.Chance(SentinelConstants.MaxDesync);
    }

    /// <summary>Votes for a candidate unless we voted in its epoch already or know of a later one. On disk before anybody hears of it.</summary>
    private void Vote(MonitoredMaster master, long epoch, string id)
    {
        bool isNew = epoch > State.CurrentEpoch;
        if (isNew) State.CurrentEpoch = epoch;

        if (master.LeaderEpoch >= epoch || State.CurrentEpoch > epoch || !MayPersist)
        {
            if (isNew) context.Persist();
            if (isNew) PublishEpoch(master);
            return;
        }

        bool saved = Save(master, epoch, id);
        if (isNew) PublishEpoch(master);
        if (saved) PublishVote(master);
    }

    private bool Save(MonitoredMaster master, long epoch, string id)
    {
        (string? formerLeader, long formerEpoch) = (master.Leader, master.LeaderEpoch);
        master.Leader = id;
        master.LeaderEpoch = epoch;
        if (context.Persist()) return true;

        // It may be on disk or not; nobody has heard of it, so it was not given.
        _persistFailedAt = context.Now;
        master.Leader = formerLeader;
        master.LeaderEpoch = formerEpoch;
        return false;
    }

    // Of this epoch and no other: who counts votes of a later one leads together with him to whom they were given.
    private static Dictionary<string, int> VotesOfOthers(MonitoredMaster master, long epoch)
    {
        var votes = new Dictionary<string, int>();
        foreach (PeerSentinel sentinel in master.Sentinels.Values)
        {
            if (sentinel.Leader != null && sentinel.LeaderEpoch == epoch) votes[sentinel.Leader] = votes.GetValueOrDefault(sentinel.Leader) + 1;
        }
        return votes;
    }

    // Who has most; of several the first, as they were found. We join him, so that somebody gets there.
    private static string? Ahead(Dictionary<string, int> votes)
    {
        string? ahead = null;
        foreach ((string leader, int count) in votes)
        {
            if (ahead == null || count > votes[ahead]) ahead = leader;
        }
        return ahead;
    }

    private void PublishEpoch(MonitoredMaster master) =>
        context.PublishText(EventLevel.Warning, "+new-epoch", master, $"{State.CurrentEpoch}");
}
