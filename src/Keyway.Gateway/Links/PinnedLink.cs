using System.Globalization;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Links;

/// <summary>
/// A link lent to one client: for as long as the client watches keys, or for one transaction that no shared link could carry. What is lost or
/// refused here goes nowhere else: the next server knows nothing of what was watched on this one. It goes back to the pool once the server has
/// answered what cleans it.
/// </summary>
internal sealed class PinnedLink(NodeBackend node, LinkKey key) : SharedLink(node, key, probe: false)
{
    private static readonly int WatchCommand = CommandTable.Find("watch"u8)!.Id;
    private static readonly int Unwatch = CommandTable.Find("unwatch"u8)!.Id;
    private static readonly int SelectCommand = CommandTable.Find("select"u8)!.Id;

    private bool _isReleased;
    private bool _isDirty;
    private uint _firstWatch;

    /// <summary>Keys are watched on it: a transaction that cannot run is one whose keys may have changed.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>Not even the first WATCH succeeded, and the client knows: nothing is watched.</summary>
    public bool IsVoid { get; private set; }

    /// <summary>When it was last given back; long-idle ones are closed.</summary>
    public long IdleSinceMs { get; set; }

    /// <summary>It serves nobody any more, or is about to end.</summary>
    public bool IsLost => IsEnded || IsLeft;

    public void Lend()
    {
        _isReleased = _isDirty = false;
        IsWatching = IsVoid = false;
    }

    /// <summary>True while a request of that length may be put onto it right now. A transaction may be larger than what waits on a link otherwise.</summary>
    public bool Takes(int requestBytes) => Accepts(requestBytes) || (QueuedBytes == 0 && Accepts(0));

    public void Watch(ReadOnlySpan<byte> request, int session, uint sequence)
    {
        if (!IsWatching) _firstWatch = sequence;
        IsWatching = true;
        Send(request, session, sequence, WatchCommand);
    }

    /// <summary>Exchanges its database. Nothing may be sent until it has drained; if the server refuses, it ends.</summary>
    public void Select(int database)
    {
        Key = new LinkKey(Key.Resp3, database);
        SendOwn(SelectOf(database), SelectCommand);
    }

    /// <summary>The client needs it no more. It takes no further requests, and goes back to the pool when all has been answered.</summary>
    /// <param name="unwatches">No EXEC has done that.</param>
    /// <param name="selects">A transaction may have exchanged its database.</param>
    public void Release(bool unwatches, bool selects)
    {
        if (IsEnded) return;
        if (unwatches) SendOwn("*1\r\n$7\r\nUNWATCH\r\n"u8, Unwatch);
        if (selects) SendOwn(SelectOf(Key.Database), SelectCommand);
        _isReleased = true;
        IsSetAside = true;
        if (InFlightCount == 0) OnDrained();
    }

    protected override bool TryTakeRefused(in InFlight request, ReadOnlySpan<byte> reply)
    {
        if (request.Session == Links.InFlight.Nobody) _isDirty |= request.Command == Unwatch || request.Command == SelectCommand;
        if (IsFirstWatch(in request)) IsVoid = true;
        if (!IsTransaction(in request) || !IsWatching) return Backend.Refused.TryFail(this, in request, reply);

        // The shard hears why, and looks for its master; the client begins anew, from WATCH.
        RefusalCode code = Refusals.CodeOf(reply, request.Command);
        if (code == RefusalCode.None || !Backend.Refused.Hears(this, code, reply)) return false;
        Abandon(in request);
        return true;
    }

    // No EXEC has made it forget what it watches.
    protected override void OnMultiRefused() => _isDirty = true;

    protected override void OnDrained()
    {
        if (IsEnded) return;
        if (_isDirty)
        {
            End("it could not be cleaned", FailureKind.Retired);
        }
        else if (_isReleased)
        {
            IsSetAside = IsLeft;
            FreeMemory();
            Node.GiveBack(this);
        }
    }

    protected override bool TryKeep(in InFlight request, long start, bool mayResend) => false;

    protected override void FailRequest(in InFlight request, ShardFailure failure)
    {
        if (IsFirstWatch(in request)) IsVoid = true;
        if (request.Command == WatchCommand) failure = failure with { MayHaveRun = false };
        if (IsTransaction(in request) && IsWatching && !failure.MayHaveRun) Abandon(in request);
        else Loop.Fail(in request, failure);
    }

    // What it watches is not worth waiting for: whoever is late is not trusted with a transaction.
    protected override void BuryRequests(ShardFailure failure) => End(failure.Reason, FailureKind.Timeout);

    private bool IsFirstWatch(in InFlight request) => request.Command == WatchCommand && request.Sequence == _firstWatch;

    // As if a watched key had changed.
    private void Abandon(in InFlight request) => Loop.Deliver(Backend, in request, Key.Resp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    private void SendOwn(ReadOnlySpan<byte> request, int command) => Send(request, Links.InFlight.Nobody, 0, command);

    private static ReadOnlySpan<byte> SelectOf(int database)
    {
        string number = database.ToString(CultureInfo.InvariantCulture);
        return System.Text.Encoding.ASCII.GetBytes($"*2\r\n$6\r\nSELECT\r\n${number.Length}\r\n{number}\r\n");
    }
}
