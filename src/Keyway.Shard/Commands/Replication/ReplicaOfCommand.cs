using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;
using Keyway.Shard.Replication.Following;

namespace Keyway.Shard.Commands.Replication;

/// <summary>Whom the server is to follow.</summary>
internal static class ReplicaOfCommand
{
    // REPLICAOF host port | REPLICAOF NO ONE
    public static void ReplicaOf(ref CommandContext context)
    {
        ShardServer server = context.Server;
        if (server.Failover.IsRunning)
        {
            context.ReplyError("ERR REPLICAOF not allowed while failing over."u8);
            return;
        }

        // A master's stream holds what it wrote; whom its replicas follow is not its to say.
        if (context.Client.IsMaster || context.Client.IsReplica)
        {
            context.ReplyError("ERR Command is not valid when client is a replica."u8);
            return;
        }

        if (Word.Is(context.Arguments[1], "NO"u8) && Word.Is(context.Arguments[2], "ONE"u8)) BecomeMaster(ref context);
        else if (!TryFollow(ref context)) return;
        context.ReplyOk();
    }

    private static void BecomeMaster(ref CommandContext context)
    {
        if (!context.Server.IsReplica) return;
        context.Server.Promote();
        ReplicaLog.MasterModeEnabled(context.Server.Logger, ClientDescription.OfCaller(context.Client, context.Arguments));
    }

    /// <returns>False when something else than OK has been answered.</returns>
    private static bool TryFollow(ref CommandContext context)
    {
        if (!RespNumber.TryParseLong(context.Arguments[2], out long port) || !MasterAddress.IsPort(port))
        {
            context.ReplyError("ERR Invalid master port"u8);
            return false;
        }

        ShardServer server = context.Server;
        string host = ByteText.Of(context.Arguments[1]);
        if (server.Following.Master is { } present && present.IsSameAs(host, (int)port))
        {
            ReplicaLog.AlreadyConnected(server.Logger);
            context.ReplySimple("OK Already connected to specified master"u8);
            return false;
        }

        server.Follow(host, (int)port);
        ReplicaLog.ReplicaOfEnabled(server.Logger, host, (int)port, ClientDescription.OfCaller(context.Client, context.Arguments));
        return true;
    }
}
