using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>Asks a server one set of questions at a time, and hands over the answers when all have come.</summary>
internal sealed class QuestionLink(LinkHandshake handshake, WatchedServer owner) : ControlLink(handshake)
{
    private readonly List<byte[]> _answers = [];
    private int _missing;

    public bool IsAsked => _missing > 0;

    public void Ask(ReadOnlySpan<byte> questions, int count)
    {
        _missing = count;
        _answers.Clear();
        Send(questions);
    }

    protected override void WhenReady() => owner.OnReady();

    protected override void TakeReply(ReadOnlySpan<byte> reply)
    {
        if (_missing == 0)
        {
            End("it sent more replies than it was asked for", FailureKind.Protocol);
            return;
        }
        _answers.Add(reply.ToArray());
        if (--_missing == 0) owner.OnAnswers(_answers);
    }

    protected override void WhenEnded(string reason, FailureKind kind) => owner.OnEnded(this, reason, kind);
}
