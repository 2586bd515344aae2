using Keyway.Platform;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Sessions;

/// <summary>
/// CLIENT PAUSE, as one loop keeps it: for a while requests, or only those that may write, stay where they are and their clients are not read. When
/// the time is over they go on in the order in which they came.
/// </summary>
internal sealed class ClientPause(GatewayLoop loop)
{
    private readonly List<ClientSession> _held = [];
    private long _endMs;
    private bool _holdsAll;
    private LoopTimer? _timer;

    public bool IsOn { get; private set; }

    /// <summary>A pause within another makes it longer or stricter, never shorter or milder.</summary>
    public void Begin(long durationMs, bool holdsAll)
    {
        // As far as the end of time: Redis's clock overflows then, and no client is paused.
        long nowMs = loop.Events.NowMs;
        if (durationMs == 0 || durationMs > long.MaxValue - loop.Info.Time.GetUtcNow().ToUnixTimeMilliseconds()) return;
        _endMs = Math.Max(_endMs, durationMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + durationMs);
        _holdsAll |= holdsAll;
        _timer?.Cancel();
        _timer = loop.Events.Schedule(_endMs - nowMs, End);
        if (IsOn) return;
        IsOn = true;
        foreach (ClientSession session in loop.Sessions) session.State.Set(SessionModes.Paused, true);
    }

    public void End()
    {
        if (!IsOn) return;
        _timer?.Cancel();
        _timer = null;
        _endMs = 0;
        _holdsAll = false;
        IsOn = false;
        foreach (ClientSession session in loop.Sessions) session.State.Set(SessionModes.Paused, false);
        foreach (ClientSession session in _held) session.Unblock(BlockReason.Pause);
        _held.Clear();
    }

    /// <param name="mayWrite">Also where the row does not say so: EXEC of a transaction that writes.</param>
    public bool Holds(Command row, bool mayWrite = false) =>
        IsOn && (_holdsAll || mayWrite || row.Is(CommandFlags.Write | CommandFlags.MayReplicate));

    public void Hold(ClientSession session)
    {
        session.Block(BlockReason.Pause);
        _held.Add(session);
    }
}
