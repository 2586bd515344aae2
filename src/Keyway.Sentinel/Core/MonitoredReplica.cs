namespace Keyway.Sentinel.Core;

internal sealed class MonitoredReplica(ServerAddress address, MonitoredMaster master, long now)
    : DataInstance(address.Name, address, InstanceKind.Replica, now)
{
    public override InstanceKind Kind => InstanceKind.Replica;

    public override MonitoredMaster Master { get; } = master;

    public long ReconfSentAt { get; set; }
}
