using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Subscriptions;

/// <summary>The reply to PUBLISH: once the shard has taken the message, the number of the gateway's own receivers; otherwise what the shard says.</summary>
internal sealed class PublishReply : AwaitedReply
{
    private readonly long _receivers;
    private byte[] _error = [];
    private bool _isComplete;

    public PublishReply(Command command, long startTicks, long receivers)
    {
        Command = command;
        StartTicks = startTicks;
        _receivers = receivers;
    }

    public override bool IsComplete => _isComplete;

    public override bool HasFailed => _error.Length > 0;

    public override void Collect(int part, ReadOnlySpan<byte> piece, bool isLast)
    {
        // A number or a line: anything else is a server's error that came in pieces, and one of them says enough.
        if (_error.Length == 0 && piece.Length > 3 && piece[0] == '-') _error = piece[1..].TrimEnd("\r\n"u8).ToArray();
        _isComplete = isLast;
    }

    public override void Fail(int part, ShardFailure failure)
    {
        _error = failure.ForWholeCommand();
        _isComplete = true;
    }

    public override void WriteTo(ReplyBuffer output)
    {
        if (HasFailed) output.WriteError(_error);
        else output.WriteInteger(_receivers);
    }

    public override void Return(GatewayLoop loop) { }
}
