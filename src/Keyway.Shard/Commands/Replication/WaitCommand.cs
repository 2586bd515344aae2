using Keyway.Shard.Blocking;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Replication;

internal static class WaitCommand
{
    private const string NotOnReplica =
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable "
        + "(which is not the default) writes to replicas are just local and are not propagated.";

    // WAIT numreplicas timeout
    public static void Wait(ref CommandContext context)
    {
        if (context.Server.IsReplica)
        {
            context.ReplyError(NotOnReplica);
            return;
        }

        if (!context.TryReadInteger(1, out long replicas) || !context.TryReadTimeoutMs(2, out long timeoutMs)) return;

        // What this client has written, not what everybody has.
        var target = new AckTarget(context.Client.WrittenUpTo, replicas);
        long acked = context.Server.Replicas.CountAcked(target.Offset);
        if (acked >= replicas || !context.TryBlock(BlockedOn.Acks, firstKey: 0, keyCount: 0, timeoutMs, target)) context.ReplyInteger(acked);
        else if (context.Client.Blocked is { } request) context.Server.Replicas.Waits.Add(request);
    }
}
