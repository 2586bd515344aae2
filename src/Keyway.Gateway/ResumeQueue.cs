using Keyway.Gateway.Sessions;
using Keyway.Platform;

namespace Keyway.Gateway;

/// <summary>Clients whose next request may go now. They are looked at while replies are flushed, so that their requests leave in the same turn.</summary>
internal sealed class ResumeQueue : Flushable
{
    private List<ClientSession> _waiting = [];
    private List<ClientSession> _running = [];

    public void Add(ClientSession session) => _waiting.Add(session);

    public override void Flush()
    {
        (_running, _waiting) = (_waiting, _running);
        foreach (ClientSession session in _running) session.Resume();
        _running.Clear();
    }
}
