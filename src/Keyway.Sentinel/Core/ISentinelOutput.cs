namespace Keyway.Sentinel.Core;

/// <summary>
/// What the core wants done, in order. None of these may call back into the core; what they bring about comes as an input later.
/// After CloseLink nothing of that connection is reported any more.
/// </summary>
internal interface ISentinelOutput
{
    /// <summary>
    /// Connects to the instance's address, authenticates and sets the client's name; a pub/sub link subscribes to the hello channel.
    /// Commands may be sent at once: they follow the handshake.
    /// </summary>
    void OpenLink(Instance instance, InstanceLink link, LinkKind kind);

    void CloseLink(InstanceLink link, LinkKind kind);

    /// <summary>On the command link. Its reply comes with <see cref="SentinelCore.OnReply"/>, unless the link is lost before.</summary>
    void Send(SentinelRequest request);

    void Publish(SentinelEvent published);

    /// <summary>A line for the log alone.</summary>
    void Log(EventLevel level, string text);

    /// <summary>"Next failover delay: …": at a time that only the wall clock can name, so many milliseconds from now.</summary>
    void FailoverDelayed(MonitoredMaster master, long inMs);

    /// <summary>Saves <see cref="SentinelState.Save"/> so that it survives a loss of power. What follows must not leave before it is done.</summary>
    /// <returns>False when it may not have reached the disk: the core then gives no vote and starts no failover.</returns>
    bool Persist();

    void RunScript(string path, string[] arguments);

    void MasterSwitched(MasterSwitch masterSwitch);

    /// <summary>SENTINEL SIMULATE-FAILURE asked for the process to end here.</summary>
    void Crash();
}
