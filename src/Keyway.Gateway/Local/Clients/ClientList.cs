using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Clients;

namespace Keyway.Gateway.Local.Clients;

/// <summary>CLIENT LIST, over all loops and pools.</summary>
internal static class ClientList
{
    private readonly record struct Line(long Id, string Text);

    // CLIENT LIST [TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id [client-id ...]]
    public static void List(in LocalCall call)
    {
        int count = call.Arguments.Count;
        if (count == 2) ListAll(in call, null);
        else if (count == 4 && Ascii.EqualsIgnoreCase(call.Arguments[2], "TYPE"u8)) ListType(in call);
        else if (count > 3 && Ascii.EqualsIgnoreCase(call.Arguments[2], "ID"u8)) ListIds(in call);
        else call.Reply.WriteError("ERR syntax error"u8);
    }

    private static void ListType(in LocalCall call)
    {
        if (ClientTypes.TryParse(call.Arguments[3], out ClientType type, out byte[] error)) ListAll(in call, type);
        else call.Reply.WriteError(error);
    }

    private static void ListAll(in LocalCall call, ClientType? type) =>
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => Describe(loop.Sessions.Where(session => type is null || session.Type == type)),
            (lines, reply, resp3) => Write(reply, lines.SelectMany(some => some).OrderBy(line => line.Id), resp3));

    // In the order asked for, and as often.
    private static void ListIds(in LocalCall call)
    {
        var ids = new List<long>();
        for (int i = 3; i < call.Arguments.Count; i++)
        {
            if (!RespNumber.TryParseLong(call.Arguments[i], out long id))
            {
                call.Reply.WriteError("ERR Invalid client ID"u8);
                return;
            }
            ids.Add(id);
        }
        var wanted = ids.ToHashSet();
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => Describe(loop.Sessions.Where(session => wanted.Contains(session.State.Id))),
            (lines, reply, resp3) =>
            {
                Dictionary<long, Line> found = lines.SelectMany(some => some).ToDictionary(line => line.Id);
                Write(reply, ids.Where(found.ContainsKey).Select(id => found[id]), resp3);
            });
    }

    private static List<Line> Describe(IEnumerable<ClientSession> sessions) =>
        [.. sessions.Where(session => !session.IsClosed).Select(session => new Line(session.State.Id, SessionDescription.Of(session)))];

    private static void Write(ReplyBuffer reply, IEnumerable<Line> lines, bool resp3)
    {
        var text = new StringBuilder();
        foreach (Line line in lines) text.Append(line.Text).Append('\n');
        reply.WriteVerbatim(Encoding.Latin1.GetBytes(text.ToString()), resp3);
    }
}
