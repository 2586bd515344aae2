using System.Globalization;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Sentinel.Sessions;

/// <summary>A client in one line, as CLIENT LIST shows it.</summary>
internal static class ClientDescription
{
    private const int FirstReplyBytes = 16 * 1024;       // Redis keeps so much in the client itself, and the rest in a list of such pieces
    private const int ObjectBytes = 1024;

    public static string Of(SentinelClient client) => Of(client, 0, 0);

    /// <param name="client">The one whose request runs.</param>
    /// <param name="request">That request, which is still in its buffer.</param>
    public static string OfCaller(SentinelClient client, Arguments request)
    {
        int header = "*\r\n".Length + request.Count.ToString(CultureInfo.InvariantCulture).Length;
        int arguments = 0;
        for (int i = 0; i < request.Count; i++) arguments += request[i].Length;
        return Of(client, header + request.Encoded(0, request.Count).Length, arguments);
    }

    private static string Of(SentinelClient client, int requestBytes, int argumentBytes)
    {
        long nowMs = client.Connection.Loop.NowMs;
        long listed = Math.Max(0, client.Reply.Length - FirstReplyBytes);
        return $"id={client.Id} addr={client.Address} laddr={client.LocalAddress} fd={client.Connection.Descriptor} name={Encoding.Latin1.GetString(client.Name)} "
            + $"age={(nowMs - client.CreatedMs) / 1000} idle={(nowMs - client.LastActiveMs) / 1000} flags={FlagsOf(client)} db=0 "
            + $"sub={client.Channels.Count} psub={client.Patterns.Count} ssub=0 multi=-1 qbuf={client.HeldBytes + requestBytes} qbuf-free={client.HeldRoom} "
            + $"argv-mem={argumentBytes} multi-mem=0 rbs=0 rbp=0 obl={client.Reply.Length - listed} oll={(listed + FirstReplyBytes - 1) / FirstReplyBytes} omem={listed} "
            + $"tot-mem={ObjectBytes + client.HeldBytes + client.HeldRoom + client.Reply.Length + argumentBytes} events={(client.IsReading ? "r" : "")}{(client.IsCongested ? "w" : "")} "
            + $"cmd={client.LastCommand?.Name ?? "NULL"} user=default redir=-1 resp={(client.IsResp3 ? 3 : 2)}";
    }

    private static string FlagsOf(SentinelClient client)
    {
        var flags = new StringBuilder();
        if (client.SubscriptionCount > 0) flags.Append('P');
        if (client.IsClosing) flags.Append('c');
        if (client.IsUnix) flags.Append('U');
        if (client.IsExemptFromEviction) flags.Append('e');
        return flags.Length == 0 ? "N" : flags.ToString();
    }
}
