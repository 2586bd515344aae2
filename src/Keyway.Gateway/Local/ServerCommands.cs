using System.Globalization;
using Keyway.Gateway.Routing;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local;

/// <summary>What a client asks about the server that it takes the gateway for.</summary>
internal static class ServerCommands
{
    // TIME
    public static void Time(in LocalCall call)
    {
        long microseconds = (call.Session.Loop.Info.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        call.Reply.WriteArray(2);
        call.Reply.WriteBulk((microseconds / 1_000_000).ToString(CultureInfo.InvariantCulture));
        call.Reply.WriteBulk((microseconds % 1_000_000).ToString(CultureInfo.InvariantCulture));
    }

    // LOLWUT [VERSION version]
    public static void Lolwut(in LocalCall call)
    {
        if (call.Arguments.Count > 2 && !RespNumber.TryParseLong(call.Arguments[2], out _))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
            return;
        }
        call.Reply.WriteVerbatim(System.Text.Encoding.ASCII.GetBytes($"Keyway {call.Session.Loop.Info.Version}, one endpoint before many.\nRedis ver. {GatewayInfo.RedisVersion}\n"), call.Resp3);
    }

    // ROLE: the gateway stands for all masters.
    public static void Role(in LocalCall call)
    {
        call.Reply.WriteArray(3);
        call.Reply.WriteBulk("master"u8);
        call.Reply.WriteInteger(0);
        call.Reply.WriteArray(0);
    }

    // MODULE LIST
    public static void NoModules(in LocalCall call) => call.Reply.WriteArray(0);

    // COMMAND and its subcommands: only what the gateway serves.
    public static void Command(in LocalCall call) => CommandReplies.Write(call.Command, call.Arguments, call.Reply, call.Resp3, RouteTable.Serves);
}
