using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Blocking;

/// <summary>A blocking command on a private link of its own, which the shard answers when it likes.</summary>
internal sealed class BlockedRequest(ClientSession session, PrivateLink link, uint sequence, Command command, byte[] request) : ClientWait(session)
{
    private bool _isTakenBack;
    private bool _mayGoAtOnce;

    public override void Abandon() => link.Abandon("its client left while it waited");

    /// <summary>
    /// The shard is not asked: an element that it has taken out for this client and that is still on its way here is lost, as it is when a client leaves at
    /// that moment.
    /// </summary>
    public override void End(bool asError)
    {
        InFlight asked = link.Abandon("its client was unblocked");
        ReadOnlySpan<byte> reply = asError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"u8 : Session.State.Resp3 ? "_\r\n"u8 : "*-1\r\n"u8;
        Session.Loop.Deliver(link.Backend, in asked, reply);
        Session.EndWait();
    }

    public override void EndIfMoved()
    {
        var reader = new RequestReader();
        var keys = new KeyList();
        reader.Read(request);
        Arguments arguments = reader.Arguments(request);
        if (KeyExtractor.Extract(command, arguments, ref keys) == KeyStatus.Found && Session.Loop.HoldsAny(Session, arguments, in keys))
            link.End("a reload moves its key", FailureKind.Retired);
    }

    public override void OnAnswered(PrivateLink answered)
    {
        if (!_isTakenBack) Session.HeldSinceMs = -1;
        Session.EndWait();
    }

    public override void OnLinkEnded(PrivateLink ended) => Session.EndWait();

    public override bool TryTakeRefused(PrivateLink refusing, in InFlight asked, ReadOnlySpan<byte> reply)
    {
        RefusalCode code = Refusals.CodeOf(reply, asked.Command);
        bool goesElsewhere = code is RefusalCode.Moved or RefusalCode.ReadOnly or RefusalCode.Loading or RefusalCode.MasterDown or RefusalCode.ClusterDown;
        if (!goesElsewhere || !MayGoAgain()) return link.Backend.Refused.TryFail(link, in asked, reply);
        return link.Backend.Refused.Hears(link, code, reply) && TakeBack();
    }

    public override bool TryTakeBack(in InFlight asked, ShardFailure failure) =>
        failure.Verbatim is null && failure.Kind != FailureKind.Handshake && MayGoAgain() && TakeBack();

    // However often it is refused, it waits no longer than any request may.
    private bool MayGoAgain()
    {
        long nowMs = Session.Loop.Events.NowMs;
        _mayGoAtOnce = Session.HeldSinceMs < 0;
        if (_mayGoAtOnce) Session.HeldSinceMs = nowMs;
        return nowMs - Session.HeldSinceMs < HeldSessions.MostMs(Session);
    }

    // It is routed anew, as if it came now: to whoever is the master then, or to wait until there is one. Two servers that send it to each other get it once a
    // tick, not as fast as they can refuse it.
    private bool TakeBack() => _isTakenBack = Session.TryTakeBack(link.Backend, sequence, request, _mayGoAtOnce);
}
