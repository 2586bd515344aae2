using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Clients;
using Keyway.Shard.Limits;
using Keyway.Shard.PubSub;
using Keyway.Shard.Transactions;

namespace Keyway.Shard;

/// <summary>A client in one line, as CLIENT LIST and the log show it.</summary>
internal static class ClientDescription
{
    private const int FirstReplyBytes = 16 * 1024;       // Redis keeps so much in the client itself, and the rest in a list of such pieces

    public static string Of(ClientSession client)
    {
        // What is executed is not input any more; to be put off means to have been on the way to it.
        if (client.Postponed is { } postponed) return Of(client, -postponed.InputBytes, postponed.ArgumentBytes);
        return Of(client, 0, client.Blocked == null ? 0 : PostponedRequest.Sum(client.Blocked.Saved.Arguments));
    }

    /// <param name="client">The one whose request runs.</param>
    /// <param name="request">That request, which is still in its buffer.</param>
    public static string OfCaller(ClientSession client, Arguments request)
    {
        int header = "*\r\n".Length + request.Count.ToString(CultureInfo.InvariantCulture).Length;
        return Of(client, header + request.Encoded(0, request.Count).Length, PostponedRequest.Sum(request));
    }

    private static string Of(ClientSession client, long requestBytes, long argumentBytes)
    {
        long nowMs = client.Connection.Loop.NowMs;
        long reply = client.Reply.Length;
        long listed = Math.Max(0, reply - FirstReplyBytes);
        long shared = client.IsReplica ? client.Replica!.PendingBytes : 0;
        TransactionState? transaction = client.Transaction;
        Subscriber? subscriber = client.Subscriber;
        return $"id={client.Id} addr={client.Address} laddr={client.LocalAddress} fd={client.Connection.Descriptor} name={Encoding.Latin1.GetString(client.Name)} "
            + $"age={(nowMs - client.CreatedMs) / 1000} idle={(nowMs - client.LastActiveMs) / 1000} flags={FlagsOf(client)} db={client.Database.Index} "
            + $"sub={subscriber?.CountOf(ChannelKind.Channel) ?? 0} psub={subscriber?.CountOf(ChannelKind.Pattern) ?? 0} ssub={subscriber?.CountOf(ChannelKind.ShardChannel) ?? 0} "
            + $"multi={(client.IsInTransaction ? transaction!.Count : -1)} qbuf={client.HeldBytes + requestBytes} qbuf-free={client.HeldRoom} argv-mem={argumentBytes} "
            + $"multi-mem={transaction?.ArgumentBytes ?? 0} rbs=0 rbp=0 obl={reply - listed} oll={(listed + shared + FirstReplyBytes - 1) / FirstReplyBytes} omem={listed + shared} "
            + $"tot-mem={client.MemoryBytes + Math.Max(0, requestBytes) + argumentBytes} events={(client.IsReading ? "r" : "")}{(client.IsCongested ? "w" : "")} "
            + $"cmd={client.LastCommand?.Name ?? "NULL"} user=default redir=-1 resp={(client.IsResp3 ? 3 : 2)}";
    }

    private static string FlagsOf(ClientSession client)
    {
        var flags = new StringBuilder();
        if (client.IsReplica) flags.Append('S');
        if (client.IsMonitor) flags.Append('O');
        if (client.IsMaster) flags.Append('M');
        if (client.Type == ClientType.PubSub) flags.Append('P');
        if (client.IsInTransaction) flags.Append('x');
        if (client.Blocked != null || client.Postponed != null) flags.Append('b');
        if (client.Transaction is { IsBroken: true }) flags.Append('d');
        if (client.IsClosing) flags.Append('c');
        if (client.IsResuming) flags.Append('u');
        if (client.IsUnix) flags.Append('U');
        if (client.IsExemptFromEviction) flags.Append('e');
        return flags.Length == 0 ? "N" : flags.ToString();
    }
}
