using System.Net;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel;

/// <summary>What a program needs that has a sentinel within it. On the loop's thread, like the rest.</summary>
public sealed partial class SentinelServer
{
    /// <summary>Where the master of this name is, as far as this sentinel knows; null: it watches none.</summary>
    public IPEndPoint? MasterOf(string name) =>
        FindMaster(name) is { } master ? new IPEndPoint(IPAddress.Parse(master.CurrentAddress.Ip), master.CurrentAddress.Port) : null;

    /// <summary>
    /// Puts a replica in the master's place without waiting until it counts as down: for who knows that it is dead. What comes of it is told by
    /// <see cref="OnMasterSwitched"/>.
    /// </summary>
    /// <returns>False, and why, when it does not begin.</returns>
    public bool FailoverNow(string name, out string reason)
    {
        reason = FindMaster(name) is not { } master ? "there is no such master" : Core.Failover(Loop.NowMs, master) switch
        {
            FailoverRefusal.None => "",
            FailoverRefusal.InProgress => "a failover is in progress",
            FailoverRefusal.NoGoodReplica => "there is no replica fit to be promoted",
            _ => "its epoch could not be saved",
        };
        return reason.Length == 0;
    }

    /// <summary>
    /// How often servers are asked how they are. A replica is only promoted by what it said within the last five seconds: where one sentinel decides
    /// alone, and at once, ten seconds would often be too long ago.
    /// </summary>
    public TimeSpan InfoPeriod
    {
        get => TimeSpan.FromMilliseconds(Core.Constants.InfoPeriod);
        set => Core.Constants.InfoPeriod = (int)value.TotalMilliseconds;
    }

    /// <summary>Begins to watch one master more.</summary>
    /// <param name="replicas">Those that are known to whoever asks; further ones the master tells of.</param>
    /// <param name="password">Of all of these servers; null: none.</param>
    /// <returns>False, and why, when it does not.</returns>
    public bool Watch(
        string name, IPEndPoint master, int quorum, TimeSpan downAfter, TimeSpan failoverTimeout, out string reason,
        IReadOnlyList<IPEndPoint>? replicas = null, string? password = null)
    {
        reason = WhyNotMonitored(name, master.Address.ToString(), master.Port, quorum) ?? "";
        if (FindMaster(name) is not { } watched || reason.Length > 0) return false;

        watched.AuthPassword = password;
        foreach (IPEndPoint replica in replicas ?? [])
            Core.Know(Loop.NowMs, watched, new ServerAddress(replica.Address.ToString(), replica.Address.ToString(), replica.Port));
        SentinelCore.SetDownAfter(watched, (int)downAfter.TotalMilliseconds);
        watched.FailoverTimeoutMs = (int)failoverTimeout.TotalMilliseconds;
        Save();
        return true;
    }

    /// <summary>Ceases to watch a master.</summary>
    public void Unwatch(string name)
    {
        if (FindMaster(name) is { } master) Core.Remove(Loop.NowMs, master);
    }
}
