using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local;

/// <summary>Answers a command in the gateway itself. The reply is one whole RESP value.</summary>
internal delegate void LocalHandler(in LocalCall call);

/// <summary>A request that the gateway answers itself.</summary>
internal readonly ref struct LocalCall(ClientSession session, Command command, Arguments arguments, ReplyBuffer reply)
{
    public readonly ClientSession Session = session;

    public readonly Command Command = command;

    public readonly Arguments Arguments = arguments;

    public readonly ReplyBuffer Reply = reply;

    public bool Resp3 => Session.State.Resp3;
}
