using System.Buffers.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Scanning;

/// <summary>
/// CLUSTER COUNTKEYSINSLOT: no server behind knows its keys by slot, so all are walked through, each round a thousand of every master, and those of the slot
/// counted. While a master's table grows it may name a key twice, and it counts twice.
/// </summary>
internal sealed class SlotCount : AwaitedReply
{
    private sealed class Walk(ShardBackend backend, SharedLink link)
    {
        public ShardBackend Backend => backend;

        public SharedLink Link { get; set; } = link;

        public ulong Position { get; set; }

        public long Keys { get; set; }

        public bool IsDone { get; set; }
    }

    private readonly ClientSession _session;
    private readonly int _slot;
    private readonly Gather _round;
    private readonly List<Walk> _walks = [];
    private readonly List<Walk> _inRound = [];
    private readonly uint _sequence;
    private bool _isDone;

    /// <param name="links">One to each master.</param>
    public SlotCount(ClientSession session, Command command, int slot, IEnumerable<(ShardBackend Backend, SharedLink Link)> links)
    {
        _session = session;
        _slot = slot;
        _round = session.Loop.Gathers.Rent();
        Command = command;
        StartTicks = session.Loop.Events.NowTicks;
        _walks.AddRange(links.Select(entry => new Walk(entry.Backend, entry.Link)));
        _sequence = session.Expect(this);
        BeginRound();
    }

    public override bool IsComplete => _isDone;

    public override bool HasFailed => _isDone && _round.HasFailed;

    public override void Collect(int part, ReadOnlySpan<byte> piece, bool isLast)
    {
        _round.Collect(part, piece, isLast);
        CollectedBytes = _round.CollectedBytes;
        if (isLast) AfterPart();
    }

    public override void Fail(int part, ShardFailure failure)
    {
        _round.Fail(part, failure);
        AfterPart();
    }

    public override void WriteTo(ReplyBuffer output)
    {
        if (HasFailed) _round.WriteTo(output);
        else output.WriteInteger(_walks.Sum(walk => walk.Keys));
    }

    public override void Return(GatewayLoop loop) => loop.Gathers.Return(_round);

    private void AfterPart()
    {
        if (!_round.IsComplete) return;
        if (_round.HasFailed)
        {
            _isDone = true;
            return;
        }
        for (int i = 0; i < _inRound.Count; i++) Take(_inRound[i], _round.ReplyOf(i));
        _round.Free();
        if (_walks.TrueForAll(walk => walk.IsDone)) _isDone = true;
        else BeginRound();
    }

    private void BeginRound()
    {
        _inRound.Clear();
        _inRound.AddRange(_walks.Where(walk => !walk.IsDone));
        _round.Begin(Command, StartTicks, ScanReply.Shape);
        foreach (Walk walk in _inRound) _round.AddPart(walk.Backend);
        for (int i = 0; i < _inRound.Count; i++) Ask(_inRound[i], i);
        if (_round.IsComplete) _isDone = true;
    }

    private void Ask(Walk walk, int part)
    {
        if (!walk.Link.Accepts(RespNumber.MaxLongLength + 64))
        {
            if (walk.Backend.FindShared(walk.Link.Key, RespNumber.MaxLongLength + 64, out ShardFailure? failure) is not { } other)
            {
                _round.Fail(part, failure ?? new ShardFailure(walk.Backend, "its links are busy", FailureKind.Refused));
                return;
            }

            // Perhaps another process, which walks in another order.
            walk.Link = other;
            walk.Position = 0;
            walk.Keys = 0;
        }
        byte[] position = System.Text.Encoding.ASCII.GetBytes(walk.Position.ToString(System.Globalization.CultureInfo.InvariantCulture));
        byte[] request = [.. System.Text.Encoding.ASCII.GetBytes($"*4\r\n$4\r\nSCAN\r\n${position.Length}\r\n"), .. position, .. "\r\n$5\r\nCOUNT\r\n$4\r\n1000\r\n"u8];
        _session.UseOf(walk.Backend).InFlight++;
        walk.Link.Send(request, _session.Index, _sequence, Command.Id, part);
    }

    private void Take(Walk walk, ReadOnlySpan<byte> reply)
    {
        _ = ScanReply.TryRead(reply, out ulong position, out int at);
        walk.Position = position;
        walk.IsDone = position == 0;

        // "*2\r\n$1\r\na\r\n$2\r\nbc\r\n"
        at += reply[at..].IndexOf((byte)'\n') + 1;
        while (at < reply.Length && reply[at] == '$' && Utf8Parser.TryParse(reply[(at + 1)..], out int length, out int digits))
        {
            at += 1 + digits + 2;
            if (HashSlot.Of(reply.Slice(at, length)) == _slot) walk.Keys++;
            at += length + 2;
        }
    }
}
