using Keyway.Gateway.Links;
using Keyway.Gateway.Shards;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Learned;

/// <summary>Asks one master once which commands it has.</summary>
internal sealed class CommandQuestion(LinkHandshake handshake, Action<IReadOnlyList<Command>?> take) : ControlLink(handshake)
{
    private bool _isTaken;

    protected override void WhenReady() => Send("*1\r\n$7\r\nCOMMAND\r\n"u8);

    protected override void TakeReply(ReadOnlySpan<byte> reply)
    {
        Take(LearnedCommands.Read(reply));
        End("not needed any more", FailureKind.Retired);
    }

    protected override void WhenEnded(string reason, FailureKind kind) => Take(null);

    private void Take(IReadOnlyList<Command>? commands)
    {
        if (_isTaken) return;
        _isTaken = true;
        take(commands);
    }
}
