using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>From a request to its handler, past Redis's refusals in Redis's order: unknown, arguments, password, a subscriber's rules.</summary>
internal sealed class Dispatcher(SentinelServer server)
{
    private static readonly string[] RunWhileSubscribed = ["ping", "subscribe", "psubscribe", "unsubscribe", "punsubscribe", "quit", "reset"];

    private readonly ReplyBuffer _unheard = new(server.Pool);

    public void Execute(SentinelClient client, Arguments arguments)
    {
        if (client.ReplyMode == ReplyMode.On)
        {
            Execute(client, arguments, client.Reply);
            return;
        }

        // SKIP covers this one command, whatever it is; CLIENT REPLY ON ends OFF and is heard again.
        bool isSkipped = client.ReplyMode == ReplyMode.SkipNext;
        if (isSkipped) client.ReplyMode = ReplyMode.On;
        Execute(client, arguments, _unheard);
        if (!isSkipped && client.ReplyMode == ReplyMode.On) _unheard.MoveTo(client.Reply);
        _unheard.Clear();
    }

    private void Execute(SentinelClient client, Arguments arguments, ReplyBuffer reply)
    {
        Command? command = CommandTable.OfSentinels.Resolve(arguments);
        client.LastCommand = command;
        if (command == null || !CommandRegistry.Serves(command))
        {
            RefuseUnknown(client, arguments, reply);
            return;
        }

        var call = new SentinelCall(server, client, command, arguments, reply);
        if (!command.Takes(arguments.Count) || CommandRegistry.Find(command) is not { } handler) call.ReplyWrongArity();
        else if (!client.IsAuthenticated && !command.Is(CommandFlags.NoAuth)) call.ReplyError("NOAUTH Authentication required.");
        else if (client.SubscriptionCount > 0 && !client.IsResp3 && !RunWhileSubscribed.Contains(command.Name))
            call.ReplyError($"ERR Can't execute '{command.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        else Run(handler, call);
    }

    private void Run(Handler handler, in SentinelCall call)
    {
        server.Statistics.Commands++;
        handler(call);
    }

    private void RefuseUnknown(SentinelClient client, Arguments arguments, ReplyBuffer reply)
    {
        // A browser that was lured into speaking to us: nothing that follows may run.
        if (Ascii.EqualsIgnoreCase(arguments[0], "POST") || Ascii.EqualsIgnoreCase(arguments[0], "Host:"))
        {
            SentinelLog.CrossProtocol(server.Logger, client.Address);
            client.CloseAtOnce();
            return;
        }

        server.Statistics.Errors++;
        CommandErrors.WriteUnknown(reply, arguments, CommandTable.OfSentinels.Find(arguments[0]));
    }
}
