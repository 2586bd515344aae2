using Keyway.Protocol;

namespace Keyway.Shard.Replication.Serving;

/// <summary>What a replica says on its connection, which carries the stream: there is no place for a reply, and it does nothing that needs one.</summary>
internal static class ReplicaRequest
{
    /// <summary>Executes it; whoever has made an answer necessary has to go.</summary>
    public static void Execute(ShardServer server, ClientSession client, Arguments arguments)
    {
        long before = client.Reply.Length;
        ReplyBuffer unheard = server.Unheard;
        server.Dispatcher.Execute(client, arguments, unheard);
        if (unheard.IsEmpty && client.Reply.Length == before) return;

        string command = client.LastCommand?.Name ?? "<unknown>";
        ServingLog.MadeAReply(server.Logger, command, ClientDescription.Of(client));
        ReadOnlySpan<byte> reply = unheard.First;
        if (reply.StartsWith("-"u8)) ServingLog.MadeAnError(server.Logger, server.IsReplica ? "replica" : "master", LogText.Of(reply[1..].TrimEnd("\r\n"u8)), command);
        unheard.Clear();
        client.CloseSoon();
    }
}
