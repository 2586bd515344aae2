namespace Keyway.Sentinel.Core;

/// <summary>A failover from its first doubt to the switch, one state after the other.</summary>
internal sealed class Failovers(SentinelContext context, InstanceRegistry registry, Links links, Votes votes)
{
    // The next attempt waits for so many failover time-outs after the last began, ours or another's.
    private const int TimeoutsBetween = 2;

    // As long as a request for votes takes with the saves on both sides, with something to spare; and not too long when the first are gone.
    private const int TurnMs = 150;
    private const int MostTurns = 4;

    private SentinelState State => context.State;

    /// <returns>Whether one was started.</returns>
    public bool StartIfNeeded(MonitoredMaster master)
    {
        if (!master.IsObjectivelyDown || master.InFailover) return false;

        long waitMs = (long)master.FailoverTimeoutMs * TimeoutsBetween - context.Since(master.FailoverStart);
        if (waitMs > 0)
        {
            if (master.FailoverDelayLogged == master.FailoverStart) return false;
            master.FailoverDelayLogged = master.FailoverStart;
            context.Output.FailoverDelayed(master, waitMs);
            return false;
        }
        return IsOurTurn(master) && Start(master);
    }

    /// <summary>A person asked for it: nobody needs to agree, not even that the master is down.</summary>
    public FailoverRefusal Force(MonitoredMaster master)
    {
        if (master.InFailover) return FailoverRefusal.InProgress;
        if (ReplicaChoice.Best(master, context) == null) return FailoverRefusal.NoGoodReplica;

        context.Output.Log(EventLevel.Notice, $"Executing user requested FAILOVER of '{master.Name}'");
        if (!Start(master)) return FailoverRefusal.NotSaved;
        master.Flags |= InstanceFlags.ForceFailover;
        return FailoverRefusal.None;
    }

    /// <summary>As many states as there is nothing to wait for in.</summary>
    public void Step(MonitoredMaster master)
    {
        FailoverState before;
        do
        {
            before = master.FailoverState;
            StepOnce(master);
        }
        while (master.InFailover && master.FailoverState != before);
    }

    /// <summary>The failovers that are done: the promoted replica takes the master's place.</summary>
    public void SwitchFinished()
    {
        foreach (MonitoredMaster master in State.Masters.Values)
        {
            if (master.FailoverState == FailoverState.UpdateConfig) Switch(master, (master.Promoted ?? (Instance)master).Address);
        }
    }

    private void StepOnce(MonitoredMaster master)
    {
        if (!master.InFailover) return;

        switch (master.FailoverState)
        {
            case FailoverState.WaitStart: WaitForElection(master); break;
            case FailoverState.SelectReplica: SelectReplica(master); break;
            case FailoverState.SendReplicaOfNoOne: Promote(master); break;
            case FailoverState.WaitPromotion: WaitForPromotion(master); break;
            case FailoverState.ReconfReplicas: ReconfigureReplicas(master); break;
        }
    }

    // All notice at once that a master is gone. Were all to stand for election at once, each would have his own vote and nobody the
    // majority, and the next try is a long time off. So they stand up one after the other, and the first gets the votes of those who sat.
    private bool IsOurTurn(MonitoredMaster master)
    {
        int before = master.Sentinels.Values.Count(peer => !peer.IsSubjectivelyDown && string.CompareOrdinal(peer.Name, State.MyId) < 0);
        return context.Since(master.ObjectivelyDownSince) >= Math.Min(before, MostTurns) * TurnMs;
    }

    private bool Start(MonitoredMaster master)
    {
        if (State.CurrentEpoch == long.MaxValue || !votes.MayPersist) return false;

        State.CurrentEpoch++;
        if (!votes.VoteFirst(master))
        {
            State.CurrentEpoch--;
            return false;
        }

        master.FailoverState = FailoverState.WaitStart;
        master.Flags |= InstanceFlags.FailoverInProgress;
        master.FailoverEpoch = State.CurrentEpoch;
        context.PublishText(EventLevel.Warning, "+new-epoch", master, $"{State.CurrentEpoch}");
        context.Publish(EventLevel.Warning, "+try-failover", master);
        master.FailoverStart = context.Now + context.Chance(SentinelConstants.MaxDesync);
        master.FailoverStateSince = context.Now;
        votes.PublishVote(master);
        return true;
    }

    private void WaitForElection(MonitoredMaster master)
    {
        string? leader = votes.Leader(master, master.FailoverEpoch);
        bool elected = leader != null && leader.Equals(State.MyId, StringComparison.OrdinalIgnoreCase);
        if (!elected && !master.Has(InstanceFlags.ForceFailover))
        {
            int timeoutMs = Math.Min(context.Constants.ElectionTimeout, master.FailoverTimeoutMs);
            if (context.Since(master.FailoverStart) > timeoutMs) Abort(master, "-failover-abort-not-elected");
            return;
        }

        context.Publish(EventLevel.Warning, "+elected-leader", master);
        if ((State.SimulatedFailures & SimulatedFailures.CrashAfterElection) != 0) context.Output.Crash();
        Enter(master, FailoverState.SelectReplica);
        context.Publish(EventLevel.Warning, "+failover-state-select-slave", master);
    }

    private void SelectReplica(MonitoredMaster master)
    {
        if (ReplicaChoice.Best(master, context) is not { } replica)
        {
            Abort(master, "-failover-abort-no-good-slave");
            return;
        }

        context.Publish(EventLevel.Warning, "+selected-slave", replica);
        replica.Flags |= InstanceFlags.Promoted;
        master.Promoted = replica;
        Enter(master, FailoverState.SendReplicaOfNoOne);
        context.Publish(EventLevel.Notice, "+failover-state-send-slaveof-noone", replica);
    }

    private void Promote(MonitoredMaster master)
    {
        MonitoredReplica promoted = master.Promoted!;
        if (!links.SendReplicaOf(promoted, null))
        {
            if (TimedOut(master)) Abort(master, "-failover-abort-slave-timeout");
            return;
        }

        context.Publish(EventLevel.Notice, "+failover-state-wait-promotion", promoted);
        Enter(master, FailoverState.WaitPromotion);
    }

    // What ends it well is the replica's INFO.
    private void WaitForPromotion(MonitoredMaster master)
    {
        if (TimedOut(master)) Abort(master, "-failover-abort-slave-timeout");
    }

    private void ReconfigureReplicas(MonitoredMaster master)
    {
        ServerAddress address = master.Promoted!.Address;
        foreach (MonitoredReplica replica in master.Replicas.Values)
        {
            // One that does not get there must not hold up the others; it is seen to later, as any replica of the wrong master.
            if (!replica.Has(InstanceFlags.ReconfSent) || context.Since(replica.ReconfSentAt) <= context.Constants.ReplicaReconfTimeout) continue;
            context.Publish(EventLevel.Notice, "-slave-reconf-sent-timeout", replica);
            replica.Flags = replica.Flags & ~InstanceFlags.ReconfSent | InstanceFlags.ReconfDone;
        }

        const InstanceFlags underWay = InstanceFlags.ReconfSent | InstanceFlags.ReconfInProgress;
        int atOnce = master.Replicas.Values.Count(replica => replica.Has(underWay));
        foreach (MonitoredReplica replica in master.Replicas.Values)
        {
            if (atOnce >= master.ParallelSyncs) break;
            if (replica.Has(InstanceFlags.Promoted | InstanceFlags.ReconfDone | underWay)) continue;
            if (!links.SendReplicaOf(replica, address)) continue;

            replica.Flags |= InstanceFlags.ReconfSent;
            replica.ReconfSentAt = context.Now;
            context.Publish(EventLevel.Notice, "+slave-reconf-sent", replica);
            atOnce++;
        }
        DetectEnd(master);
    }

    private void DetectEnd(MonitoredMaster master)
    {
        // It would not be an end to switch to a server that is gone.
        if (master.Promoted!.IsSubjectivelyDown) return;

        bool timedOut = TimedOut(master);
        const InstanceFlags finished = InstanceFlags.Promoted | InstanceFlags.ReconfDone | InstanceFlags.SubjectivelyDown;
        if (!timedOut && master.Replicas.Values.Any(replica => !replica.Has(finished))) return;

        if (timedOut) context.Publish(EventLevel.Warning, "+failover-end-for-timeout", master);
        context.Publish(EventLevel.Warning, "+failover-end", master);
        Enter(master, FailoverState.UpdateConfig);
        if (timedOut) SendToTheRest(master);
    }

    // Best effort: those that were never told are told once, and nobody waits for them.
    private void SendToTheRest(MonitoredMaster master)
    {
        foreach (MonitoredReplica replica in master.Replicas.Values)
        {
            if (replica.Has(InstanceFlags.Promoted | InstanceFlags.ReconfDone | InstanceFlags.ReconfSent)) continue;
            if (!links.SendReplicaOf(replica, master.Promoted!.Address)) continue;
            context.Publish(EventLevel.Notice, "+slave-reconf-sent-be", replica);
            replica.Flags |= InstanceFlags.ReconfSent;
        }
    }

    private void Switch(MonitoredMaster master, ServerAddress address)
    {
        ServerAddress old = master.Address;
        registry.MoveMaster(master, address);
        registry.PublishSwitch(master, old);
    }

    private void Abort(MonitoredMaster master, string type)
    {
        context.Publish(EventLevel.Warning, type, master);
        master.Flags &= ~(InstanceFlags.FailoverInProgress | InstanceFlags.ForceFailover);
        Enter(master, FailoverState.None);
        if (master.Promoted == null) return;
        master.Promoted.Flags &= ~InstanceFlags.Promoted;
        master.Promoted = null;
    }

    private bool TimedOut(MonitoredMaster master) => context.Since(master.FailoverStateSince) > master.FailoverTimeoutMs;

    private void Enter(MonitoredMaster master, FailoverState state)
    {
        master.FailoverState = state;
        master.FailoverStateSince = context.Now;
    }
}
