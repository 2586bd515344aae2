using Keyway.Gateway.Links;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.SlowRequests;

/// <summary>
/// One loop's requests that took long. A plain request pays one comparison for it; the bytes of a slow one are still in its link's output ring when
/// the reply comes.
/// </summary>
internal sealed class SlowLog(GatewayLoop loop)
{
    private readonly Queue<SlowRequest> _requests = new();
    private readonly RequestReader _reader = new();
    private long _slowLogTicks = long.MaxValue;
    private long _latencyTicks = long.MaxValue;

    /// <summary>From here on a request is looked at.</summary>
    public long ThresholdTicks { get; private set; }

    private long Frequency => loop.Info.Time.TimestampFrequency;

    public LatencyEvents Latencies { get; } = new();

    public void Apply(LiveSettings settings)
    {
        _slowLogTicks = TicksOf(settings.SlowerThanMicroseconds, 1_000_000, noneBelow: 0);
        _latencyTicks = TicksOf(settings.LatencyThresholdMs, 1000, noneBelow: 1);
        ThresholdTicks = Math.Min(_slowLogTicks, _latencyTicks);
        Trim(settings);
    }

    public IReadOnlyList<SlowRequest> Take() => [.. _requests];

    public void Clear() => _requests.Clear();

    /// <summary>A reply has come late. Its request is still the first on its link.</summary>
    public void Note(ShardBackend backend, in InFlight request, long ticks)
    {
        if (request.Session < 0 || loop.FindSession(request.Session) is not { } session) return;

        // What waits because it was asked to is not slow.
        Command? row = request.Command < CommandTable.All.Length ? CommandTable.All[request.Command] : null;
        if (row is not null && row.Is(CommandFlags.Blocking | CommandFlags.SkipSlowLog)) return;
        long nowSeconds = loop.Info.Time.GetUtcNow().ToUnixTimeSeconds();
        if (ticks >= _latencyTicks) Latencies.Add("command", nowSeconds, ticks * 1000 / Frequency);
        if (ticks < _slowLogTicks) return;

        ref LinkUse use = ref session.UseOf(backend);
        SharedLink? link = use.OnPrivate ? null : use.Link;
        long queued = link is null ? 0 : Math.Clamp(link.ReceivedBeforeTicks - request.StartTicks, 0, ticks);
        _requests.Enqueue(new SlowRequest(
            loop.Info.NextSlowRequestId(), nowSeconds, Microseconds(ticks), Microseconds(session.WaitedBefore(request.Sequence)), Microseconds(queued),
            backend.Definition.Name, ArgumentsOf(link, in request, row), session.Address, session.State.Name));
        Trim(loop.Info.Settings);
    }

    private byte[][] ArgumentsOf(SharedLink? link, in InFlight request, Command? row)
    {
        byte[] name = row?.NameBytes.ToArray() ?? "?"u8.ToArray();
        if (link is null || !link.TryPeekFirst(request.Session, request.Sequence, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second))
            return [name, "... (a streamed request)"u8.ToArray()];
        byte[]? joined = second.IsEmpty ? null : [.. first, .. second];
        ReadOnlySpan<byte> whole = joined ?? first;
        _reader.Reset();
        return _reader.Read(whole) == RequestStatus.Complete ? TrimmedArguments.Of(_reader.Arguments(whole)) : [name];
    }

    private void Trim(LiveSettings settings)
    {
        while (_requests.Count > settings.SlowLogLength) _requests.Dequeue();
    }

    private long Microseconds(long ticks) => (long)(ticks * (1_000_000.0 / Frequency));

    private long TicksOf(long time, long perSecond, long noneBelow) =>
        time < noneBelow || time > long.MaxValue / Frequency ? long.MaxValue : time * Frequency / perSecond;
}
