using System.Buffers;
using Keyway.Gateway.Sessions;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Monitoring;

/// <summary>
/// One loop's part in MONITOR: shows what its clients ask to the monitors of all loops. Lines for other loops leave together at the end of a turn. While
/// there is no monitor anywhere nothing is asked of a request; while there is, all clients leave the straight road.
/// </summary>
internal sealed class MonitorFeed(GatewayLoop loop) : Flushable
{
    // So much may be on its way to another loop. A loop that is so far behind has monitors that nobody reads.
    private const int MostInTransit = 16 * 1024 * 1024;
    private const int KeptLineBytes = 64 * 1024;

    private readonly List<ClientSession> _monitors = [];
    private readonly Dictionary<GatewayLoop, MonitorTarget> _others = [];
    private ArrayBufferWriter<byte> _line = new(256);

    public bool IsOn => _monitors.Count > 0 || _others.Count > 0;

    /// <summary>A client of this loop becomes a monitor. The other loops have been told before.</summary>
    public void Add(ClientSession session)
    {
        _monitors.Add(session);
        Look();
    }

    /// <summary>It has left, or has had enough.</summary>
    public void Remove(ClientSession session)
    {
        if (!_monitors.Remove(session)) return;
        Look();
        loop.Info.Questions.TellAll(loop, other => other.Monitors.Follow(loop, -1));
    }

    /// <summary>Another loop has one monitor more or less.</summary>
    public void Follow(GatewayLoop other, int change)
    {
        if (other == loop) return;
        if (!_others.TryGetValue(other, out MonitorTarget? target)) _others[other] = target = new MonitorTarget();
        target.Monitors += change;
        if (target.Monitors <= 0) _others.Remove(other);
        Look();
    }

    public void Show(ClientSession session, Command row, Arguments arguments)
    {
        // Commands of administrators are nobody else's business.
        if (row.Is(CommandFlags.SkipMonitor | CommandFlags.Admin)) return;
        if (_line.Capacity <= KeptLineBytes) _line.ResetWrittenCount();
        else _line = new ArrayBufferWriter<byte>(256);
        MonitorLine.Write(_line, session, row, arguments);
        Deliver(_line.WrittenSpan);
        foreach (MonitorTarget target in _others.Values)
        {
            target.Lines.Write(_line.WrittenSpan);
            loop.Events.FlushLater(this, FlushPhase.Requests);
        }
    }

    public override void Flush()
    {
        foreach ((GatewayLoop other, MonitorTarget target) in _others)
        {
            if (target.Lines.WrittenCount == 0) continue;
            byte[] lines = target.Lines.WrittenSpan.ToArray();
            target.Lines = new ArrayBufferWriter<byte>();
            bool isBehind = Interlocked.Add(ref target.InTransit, lines.Length) > MostInTransit;
            other.Events.Post(() =>
            {
                Interlocked.Add(ref target.InTransit, -lines.Length);
                if (isBehind) other.Monitors.CloseAll();
                else other.Monitors.Deliver(lines);
            });
        }
    }

    private void Deliver(ReadOnlySpan<byte> lines)
    {
        // Backwards: who is over its limit leaves the list.
        for (int i = _monitors.Count - 1; i >= 0; i--) _monitors[i].Push(lines);
    }

    private void CloseAll()
    {
        foreach (ClientSession monitor in _monitors.ToArray()) monitor.CloseOverLimit("it monitors and does not take the lines");
    }

    private void Look()
    {
        bool isOn = IsOn;
        foreach (ClientSession session in loop.Sessions) session.State.Set(SessionModes.Observed, isOn || session.IsMonitor);
    }
}
