namespace Keyway.Sentinel.Core;

/// <summary>
/// The connections to one server: a command link and, to masters and replicas, a pub/sub link. A sentinel that watches several masters
/// with us is one process, so its instances share one link. Times are the core's milliseconds; 0 means never.
/// </summary>
internal sealed class InstanceLink(long now)
{
    /// <summary>How many instances use it.</summary>
    public int Sharers { get; set; } = 1;

    /// <summary>Until every connection that it needs is at least being opened.</summary>
    public bool Disconnected { get; set; } = true;

    public bool CommandOpen { get; set; }

    public bool PubSubOpen { get; set; }

    /// <summary>Our end of the command link: what a hello message gives as our address unless another is announced.</summary>
    public string? LocalIp { get; set; }

    public int PendingCommands { get; set; }

    /// <summary>Counts the command links, so that what was asked on one that is lost is not waited for.</summary>
    public int Generation { get; set; }

    public int InfoPendingGeneration { get; set; }

    public long CommandOpenedAt { get; set; }

    public long PubSubOpenedAt { get; set; }

    public long LastReconnect { get; set; }

    public long PubSubActivity { get; set; }

    /// <summary>When the oldest ping without a valid answer was sent. A new link owes one from its birth.</summary>
    public long UnansweredPing { get; set; } = now;

    public long LastPingSent { get; set; }

    /// <summary>The last reply to a ping that says that the server serves.</summary>
    public long LastAvailable { get; set; } = now;

    /// <summary>The last reply to a ping, whatever it said.</summary>
    public long LastPong { get; set; } = now;
}
