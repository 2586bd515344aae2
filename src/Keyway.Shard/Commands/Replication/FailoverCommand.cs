using System.Text;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Replication;

/// <summary>A master hands its role to one of its replicas without a write being lost.</summary>
internal static class FailoverCommand
{
    // FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]
    public static void Failover(ref CommandContext context)
    {
        Failover failover = context.Server.Failover;
        if (context.Arguments.Count == 2 && Word.Is(context.Arguments[1], "ABORT"u8))
        {
            if (!failover.IsRunning)
            {
                context.ReplyError("ERR No failover in progress."u8);
                return;
            }

            failover.Abort("Failover manually aborted");
            context.ReplyOk();
            return;
        }

        if (!TryReadOptions(ref context, out Options options) || !MayBegin(ref context, options)) return;
        failover.Begin(options.Host, options.Port, options.TimeoutMs, options.IsForced);
        context.ReplyOk();
    }

    private static bool TryReadOptions(ref CommandContext context, out Options options)
    {
        options = default;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            int left = context.Arguments.Count - i - 1;
            if (Word.Is(word, "TIMEOUT"u8) && left >= 1 && options.TimeoutMs == 0)
            {
                if (!context.TryReadInteger(++i, out options.TimeoutMs)) return false;
                if (options.TimeoutMs > 0) continue;
                context.ReplyError("ERR FAILOVER timeout must be greater than 0"u8);
                return false;
            }

            if (Word.Is(word, "TO"u8) && left >= 2 && options.Host == null)
            {
                options.Host = Encoding.Latin1.GetString(context.Arguments[++i]);
                if (!context.TryReadInteger(++i, out options.Port)) return false;
            }
            else if (Word.Is(word, "FORCE"u8) && !options.IsForced)
            {
                options.IsForced = true;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    private static bool MayBegin(ref CommandContext context, in Options options)
    {
        ShardServer server = context.Server;
        Replica? target = options.Host == null ? null : server.Replicas.Find(options.Host, options.Port);
        string? error = server.Failover.IsRunning ? "ERR FAILOVER already in progress."
            : server.IsReplica ? "ERR FAILOVER is not valid when server is a replica."
            : server.Replicas.Count == 0 ? "ERR FAILOVER requires connected replicas."
            : options.IsForced && (options.TimeoutMs == 0 || options.Host == null) ? "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
            : options.Host != null && target == null ? "ERR FAILOVER target HOST and PORT is not a replica."
            : target is { State: not ReplicaState.Online } ? "ERR FAILOVER target replica is not online."
            : null;
        if (error != null) context.ReplyError(error);
        return error == null;
    }

    private struct Options
    {
        public string? Host;
        public long Port;
        public long TimeoutMs;
        public bool IsForced;
    }
}
