using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Subscriptions;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local.Clients;

/// <summary>A client in one line, as CLIENT LIST and CLIENT INFO show it: Redis's fields in their order, those of memory as far as a gateway has them.</summary>
internal static class SessionDescription
{
    public static string Of(ClientSession session)
    {
        SessionState state = session.State;
        long nowMs = session.Loop.Events.NowMs;
        string line = string.Create(CultureInfo.InvariantCulture,
            $"id={state.Id} addr={session.Address} laddr={session.LocalAddress} fd={session.Connection.Descriptor} " +
            $"name={Encoding.Latin1.GetString(state.Name)} age={(nowMs - session.ConnectedAtMs) / 1000} idle={(nowMs - session.LastInputMs) / 1000} " +
            $"flags={FlagsOf(session)} db={state.Database} sub={CountOf(session, ChannelKind.Channel)} psub={CountOf(session, ChannelKind.Pattern)} ssub={CountOf(session, ChannelKind.ShardChannel)} multi={session.Transaction?.Count ?? -1} qbuf={session.PendingBytes} qbuf-free=0 argv-mem=0 multi-mem={session.Transaction?.QueuedBytes ?? 0} " +
            $"rbs=0 rbp=0 obl={session.OutputBytes} oll=0 omem=0 tot-mem={session.PendingBytes + session.OutputBytes + (session.Transaction?.QueuedBytes ?? 0)} events=r " +
            $"cmd={NameOf(session.LastCommand)} user={state.UserName} redir=-1 resp={(state.Resp3 ? 3 : 2)}");
        if (state.LibraryName.Length > 0) line += " lib-name=" + Encoding.Latin1.GetString(state.LibraryName);
        if (state.LibraryVersion.Length > 0) line += " lib-ver=" + Encoding.Latin1.GetString(state.LibraryVersion);
        return line;
    }

    private static int CountOf(ClientSession session, ChannelKind kind) => session.Subscriber?.CountOf(kind) ?? 0;

    private static string NameOf(int command) => command switch
    {
        < 0 => "NULL",
        _ when command < CommandTable.All.Length => CommandTable.All[command].Name,
        _ => "other",
    };

    private static string FlagsOf(ClientSession session)
    {
        var flags = new StringBuilder();
        if (session.IsMonitor) flags.Append('O');
        if (session.State.Has(SessionModes.Subscribed)) flags.Append('P');
        if (session.Transaction is not null) flags.Append('x');
        if (session.Wait is not null || session.Blocked is BlockReason.Pause or BlockReason.Hold) flags.Append('b');
        if (session.Watch is { IsBroken: true }) flags.Append('d');
        if (session.IsClosing) flags.Append('c');
        if (session.Connection.RemoteEndPoint is not IPEndPoint) flags.Append('U');
        if (session.State.IsExemptFromEviction) flags.Append('e');
        return flags.Length == 0 ? "N" : flags.ToString();
    }
}
