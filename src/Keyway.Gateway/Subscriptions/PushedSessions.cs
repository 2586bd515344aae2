using Keyway.Gateway.Sessions;
using Keyway.Platform;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// Clients that messages were written for. Thousands may be after one message, and a send is a system call: some go in each turn, so that nobody
/// else waits for all of them, and what comes meanwhile leaves with what has not left.
/// </summary>
internal sealed class PushedSessions(GatewayLoop loop) : Flushable
{
    private const int AtOnce = 256;

    private readonly Queue<ClientSession> _waiting = new();
    private bool _goesOnLater;

    public void Add(ClientSession session)
    {
        _waiting.Enqueue(session);
        if (!_goesOnLater) loop.Events.FlushLater(this, FlushPhase.Replies);
    }

    public override void Flush()
    {
        for (int i = 0; i < AtOnce && _waiting.TryDequeue(out ClientSession? session); i++) session.FlushPushed();
        if (_waiting.Count == 0 || _goesOnLater) return;
        _goesOnLater = true;
        loop.Events.Post(GoOn);
    }

    private void GoOn()
    {
        _goesOnLater = false;
        Flush();
    }
}
