using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.SlowRequests;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Slow;

/// <summary>SLOWLOG: what clients of this gateway had to wait for, over all loops and pools.</summary>
internal static class SlowLogCommands
{
    private const long ShownByDefault = 10;

    private static readonly string[] HelpLines =
    [
        "SLOWLOG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET [<count>]",
        "    Shows the latest <count> slow requests (default: 10, -1 is all): id, Unix time, microseconds,",
        "    arguments, client address, client name. KEYWAY SLOWLOG GET tells where the time went.",
        "LEN",
        "    Counts the slow requests on record.",
        "RESET",
        "    Forgets them.",
        "HELP",
        "    Prints this text.",
    ];

    // SLOWLOG GET [count]
    public static void Get(in LocalCall call) => Get(in call, 2, Write);

    // SLOWLOG LEN
    public static void Len(in LocalCall call) => Ask(in call, (requests, reply, _) => reply.WriteInteger(requests.Count));

    // SLOWLOG RESET
    public static void Reset(in LocalCall call) =>
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop =>
            {
                loop.Slow.Clear();
                return true;
            },
            (_, reply, _) => reply.WriteOk());

    // SLOWLOG HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    /// <param name="countAt">Which argument says how many, if it is there.</param>
    /// <param name="write">One entry; the flag says RESP3.</param>
    public static void Get(in LocalCall call, int countAt, Action<SlowRequest, ReplyBuffer, bool> write)
    {
        long count = ShownByDefault;
        if (call.Arguments.Count > countAt + 1)
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes(
                $"ERR unknown subcommand or wrong number of arguments for '{Encoding.Latin1.GetString(call.Arguments[1])}'. Try SLOWLOG HELP."));
            return;
        }
        if (call.Arguments.Count > countAt && (!RespNumber.TryParseLong(call.Arguments[countAt], out count) || count < -1))
        {
            call.Reply.WriteError("ERR count should be greater than or equal to -1"u8);
            return;
        }
        Ask(in call, (requests, reply, resp3) =>
        {
            int shown = (int)(count == -1 ? requests.Count : Math.Min(count, requests.Count));
            reply.WriteArray(shown);
            for (int i = 0; i < shown; i++) write(requests[i], reply, resp3);
        });
    }

    // The newest first, as many as are to be kept.
    private static void Ask(in LocalCall call, Action<IReadOnlyList<SlowRequest>, ReplyBuffer, bool> write)
    {
        GatewayInfo info = call.Session.Loop.Info;
        info.Questions.AskFor(
            call.Session,
            loop => loop.Slow.Take(),
            (some, reply, resp3) => write(
                [.. some.SelectMany(requests => requests).OrderByDescending(request => request.Id).Take((int)Math.Min(int.MaxValue, info.Settings.SlowLogLength))], reply, resp3));
    }

    private static void Write(SlowRequest request, ReplyBuffer reply, bool resp3)
    {
        reply.WriteArray(6);
        WriteRedisFields(request, reply);
    }

    public static void WriteRedisFields(SlowRequest request, ReplyBuffer reply)
    {
        reply.WriteInteger(request.Id);
        reply.WriteInteger(request.UnixSeconds);
        reply.WriteInteger(request.Microseconds);
        reply.WriteArray(request.Arguments.Length);
        foreach (byte[] argument in request.Arguments) reply.WriteBulk(argument);
        reply.WriteBulk(request.Client);
        reply.WriteBulk(request.ClientName);
    }
}
