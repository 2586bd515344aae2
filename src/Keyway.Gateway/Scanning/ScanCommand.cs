using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Scanning;

/// <summary>
/// SCAN: one master after the other, each at its own pace. Every key that is there from the first step to the last is seen; some are seen twice
/// where a master had to begin anew, because another process has taken its place and walks in another order.
/// </summary>
internal sealed class ScanCommand(GatewayLoop loop, Router router)
{
    // By target, the process that answered last, and the one before it.
    private readonly Dictionary<int, uint> _present = [];
    private readonly Dictionary<int, uint> _former = [];

    // SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
    public bool Route(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        if (!ScanCursor.TryParse(arguments[1], out ScanCursor cursor))
        {
            router.Refuse(session, row, "ERR invalid cursor"u8);
            return true;
        }
        if (frame.Length > ClientSession.LargestShared - RespNumber.MaxLongLength)
        {
            router.Refuse(session, row, "ERR SCAN with more than 64 KB of arguments is refused by this gateway"u8);
            return true;
        }
        ScanPlan plan = ScanPlan.Of(session.Pool);
        if (plan.IsTooLarge)
        {
            router.Refuse(session, row, "ERR SCAN reaches 1024 masters and this pool has more"u8);
            return true;
        }

        ScanTarget target = plan.First;
        bool goesOn = cursor.Mark != 0 && plan.TryGet(cursor.Target, out target);
        if (!goesOn) target = plan.First;
        if (TryFindLink(session, row, target, frame.Length, out bool taken) is not { } link) return taken;
        ulong position = goesOn ? cursor.Position : 0;
        if (goesOn && cursor.Mark != plan.MarkOf(position == 0 ? 0 : link.Process!.Stamp))
        {
            // Another process where there was another one: it begins anew. Other shards, or nobody here who knows: the whole walk does.
            bool isExchanged = position > 0 && _former.TryGetValue(target.Id, out uint former) && cursor.Mark == plan.MarkOf(former);
            position = 0;
            if (!isExchanged && target.Id != plan.First.Id)
            {
                target = plan.First;
                link = TryFindLink(session, row, target, frame.Length, out taken);
                if (link is null) return taken;
            }
        }
        Note(target.Id, link.Process!.Stamp);
        int next = plan.After(target.Id);
        Send(session, row, arguments, link, position, new ScanMerge(
            new ScanCursor(target.Id, plan.MarkOf(link.Process.Stamp), position), next < 0 ? ScanCursor.Zero : new ScanCursor(next, plan.MarkOf(0), 0)));
        return true;
    }

    private void Note(int target, uint process)
    {
        if (_present.TryGetValue(target, out uint known) && known != process) _former[target] = known;
        _present[target] = process;
    }

    // CLUSTER COUNTKEYSINSLOT slot
    public bool CountSlot(ClientSession session, Command row, Arguments arguments)
    {
        if (!RespNumber.TryParseLong(arguments[2], out long slot) || slot is < 0 or >= HashSlot.Count)
        {
            bool isNumber = RespNumber.TryParseLong(arguments[2], out _);
            router.Refuse(session, row, isNumber ? "ERR Invalid slot"u8 : "ERR value is not an integer or out of range"u8);
            return true;
        }
        var links = new List<(ShardBackend, SharedLink)>();
        foreach (ScanTarget target in ScanPlan.Of(session.Pool).Targets)
        {
            if (target.Backend.Whole is ClusterBackend cluster && !cluster.IsCurrent(session)) return false;
            SharedLink? link = router.FindLink(session, reads: false, target.Backend, ref session.UseOf(target.Backend), default, RespNumber.MaxLongLength + 64, out ShardFailure? failure);
            if (link is null && failure is null) return false;
            if (link is null)
            {
                router.Refuse(session, row, failure!.ForWholeCommand());
                return true;
            }
            links.Add((target.Backend, link));
        }
        _ = new SlotCount(session, row, (int)slot, links);
        return true;
    }

    // Always the master's: replicas walk in orders of their own, and a client's next step may come on another connection.
    private SharedLink? TryFindLink(ClientSession session, Command row, ScanTarget target, int requestBytes, out bool taken)
    {
        taken = false;
        ShardBackend backend = target.Backend;
        if (backend.Whole is ClusterBackend cluster && !cluster.IsCurrent(session)) return null;
        SharedLink? link = router.FindLink(session, reads: false, backend, ref session.UseOf(backend), default, requestBytes + RespNumber.MaxLongLength, out ShardFailure? failure);
        if (link is null)
        {
            if (failure is null) return null;
            router.Refuse(session, row, failure.ForWholeCommand());
            taken = true;
            return null;
        }
        if (link.Process is null) loop.ProcessQuestions.Ask(link);
        if (link.Process == ServerProcess.Asked)
        {
            session.Block(BlockReason.Link);
            backend.Wait(session);
            return null;
        }
        if (link.Process!.Refusal is not { } refusal) return link;

        // Whoever asks next asks the server again.
        link.Process = null;
        router.Refuse(session, row, ShardFailure.ForErrorReply(backend.Definition.Name, System.Text.Encoding.UTF8.GetBytes(refusal), writes: false));
        taken = true;
        return null;
    }

    private void Send(ClientSession session, Command row, Arguments arguments, SharedLink link, ulong position, ScanMerge merge)
    {
        Gather gather = loop.Gathers.Rent();
        gather.Begin(row, loop.Events.NowTicks, merge);
        int part = gather.AddPart(link.Backend);
        uint sequence = session.Expect(gather);

        // "*4\r\n$4\r\nSCAN\r\n$2\r\n17\r\n…": the request as it came, with the master's own cursor.
        Span<byte> head = stackalloc byte[2 * (RespNumber.MaxLongLength + 4)];
        int sent = Line(head, '*', arguments.Count);
        link.Append(head[..sent]);
        ReadOnlySpan<byte> name = arguments.Encoded(0);
        link.Append(name);
        sent += name.Length;

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        int count = RespNumber.FormatLong(digits, (long)position);
        int length = Line(head, '$', count);
        digits[..count].CopyTo(head[length..]);
        length += count;
        head[length++] = (byte)'\r';
        head[length++] = (byte)'\n';
        link.Append(head[..length]);
        sent += length;

        ReadOnlySpan<byte> options = arguments.Encoded(2, arguments.Count);
        link.Append(options);
        link.Added(session.Index, sequence, row.Id, part, sent + options.Length);
        session.UseOf(link.Backend).InFlight++;
    }

    private static int Line(Span<byte> target, char marker, int number)
    {
        target[0] = (byte)marker;
        int length = 1 + RespNumber.FormatLong(target[1..], number);
        target[length] = (byte)'\r';
        target[length + 1] = (byte)'\n';
        return length + 2;
    }
}
