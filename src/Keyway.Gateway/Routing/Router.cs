using Keyway.Gateway.Blocking;
using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Local;
using Keyway.Gateway.Scanning;
using Keyway.Gateway.Scripts;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Transactions;
using Keyway.Gateway.Users;
using Keyway.Gateway.Subscriptions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;
using System.Text;

namespace Keyway.Gateway.Routing;

/// <summary>
/// Decides for each request of a loop's clients where it goes, and sends it. True: it was taken (sent, answered or refused). False: it cannot
/// be taken now; the session is blocked, or a stream has begun that takes the request's bytes itself.
/// </summary>
internal sealed class Router
{
    private readonly GatewayLoop _loop;
    private readonly RequestSplitter _splitter;
    private readonly LargeRequests _large;
    private readonly ShardInfo _shardInfo;
    private readonly TransactionCommands _transactions;
    private readonly ScanCommand _scans;
    private readonly BlockingRequests _blocking;
    private readonly WaitCommand _wait;
    private readonly ScriptRequests _scripts;
    private readonly SubscriptionCommands _subscriptions;
    private readonly PublishCommands _publish;
    private KeyList _keys = new();

    public Router(GatewayLoop loop)
    {
        _loop = loop;
        _splitter = new RequestSplitter(loop, this);
        _large = new LargeRequests(loop, this);
        _shardInfo = new ShardInfo(this);
        _transactions = new TransactionCommands(loop, this);
        _scans = new ScanCommand(loop, this);
        _blocking = new BlockingRequests(loop, this);
        _wait = new WaitCommand(loop, this);
        _scripts = new ScriptRequests(loop, this, _splitter);
        _subscriptions = new SubscriptionCommands(loop, this);
        _publish = new PublishCommands(loop, this);
    }

    public bool Route(ClientSession session, RequestReader reader, ReadOnlySpan<byte> input)
    {
        Arguments arguments = reader.Arguments(input);
        Command? command = CommandTable.Find(arguments[0]);
        if (command is not null && session.State.Modes == SessionModes.None && RouteTable.Of(command) == RouteKind.OneKey && command.Takes(arguments.Count))
        {
            Route route = session.Pool.Map.Find(arguments[1]);
            ReadOnlySpan<byte> frame = reader.Frame(input);
            return Relay(session, command, in route, arguments[1], frame);
        }
        return session.State.Has(SessionModes.Muted)
            ? RouteUnheard(session, command, reader, arguments, input)
            : RouteOther(session, command, reader, arguments, input);
    }

    /// <summary>A large request whose end has not come: can it begin to stream?</summary>
    public LargeRequest BeginLarge(ClientSession session, RequestReader reader, ReadOnlySpan<byte> input) => _large.Begin(session, reader, input);

    /// <summary>Sends a whole request to the shard of its route.</summary>
    public bool Relay(ClientSession session, Command command, in Route route, ReadOnlySpan<byte> key, ReadOnlySpan<byte> frame)
    {
        if (route.Shard < 0)
        {
            RefuseNoShard(session, command, in route);
            return true;
        }
        ShardBackend backend = session.Pool.Backends[route.Shard];
        if (backend is ClusterBackend cluster)
        {
            if (cluster.OwnerFor(session, key) is not { } owner) return false;
            backend = owner;
        }
        if (frame.Length > session.Pool.LongFrom)
        {
            if (key.Length > session.Pool.Definition.MaxKey)
            {
                RefuseLongKey(session, command, key.Length);
                return true;
            }
            if (frame.Length > ClientSession.LargestShared) return _large.BeginWhole(session, command, backend, key, frame);
        }

        ref LinkUse use = ref session.UseOf(backend);
        SharedLink? link = use.Link;
        if (link is null || use.OnPrivate || link.Key != session.State.LinkKey || !link.Accepts(frame.Length) || backend.Breaker is not null || _loop.IsHolding
            || session.Pool.ReadsReplicas)
        {
            link = FindLink(session, command, backend, ref use, key, frame.Length, out ShardFailure? failure);
            if (link is null)
            {
                if (failure is null) return false;
                Refuse(session, command, failure.ForWholeCommand());
                return true;
            }
        }
        uint sequence = session.Expect();
        link.Send(frame, session.Index, sequence, command.Id);
        use.InFlight++;
        use.HasWritten |= command.ChangesData;
        return true;
    }

    /// <summary>
    /// The shared link for this client's next request to the shard: the one that its earlier requests are on while any is in flight, so that none
    /// overtakes another. Null with a failure: to be refused. Null without: the session has been blocked.
    /// </summary>
    public SharedLink? FindLink(
        ClientSession session, Command command, ShardBackend backend, ref LinkUse use, ReadOnlySpan<byte> key, int requestBytes, out ShardFailure? failure) =>
        FindLink(session, session.Pool.ReadsReplicas && command.Is(CommandFlags.ReadOnly), backend, ref use, key, requestBytes, out failure);

    /// <param name="reads">A replica may answer it.</param>
    public SharedLink? FindLink(
        ClientSession session, bool reads, ShardBackend backend, ref LinkUse use, ReadOnlySpan<byte> key, int requestBytes, out ShardFailure? failure)
    {
        failure = null;
        if (_loop.IsHolding && _loop.Holds(session, key))
        {
            _loop.WaitForReload(session);
            return null;
        }
        if (use.InFlight > 0 && (backend.Breaker is null || reads))
        {
            SharedLink? link = use.Link;
            bool sameLink = !use.OnPrivate && link is { IsEnded: false } && link.Key == session.State.LinkKey;
            if (sameLink && session.Pool.ReadsReplicas) sameLink = backend.Suits(link!, session, reads);
            if (sameLink && link!.Accepts(requestBytes)) return link;
            session.Block(sameLink && !link!.IsSetAside ? BlockReason.Link : BlockReason.Order);
            if (sameLink) backend.Wait(session);
            return null;
        }

        SharedLink? found = session.Watch is { IsBroken: false } watch && watch.Serves(session, backend, requestBytes) ? watch.Link
            : reads ? FindReader(session, backend, requestBytes, out failure)
            : backend.FindShared(session.State.LinkKey, requestBytes, out failure);
        if (found is not null)
        {
            use.Link = found;
            use.OnPrivate = false;
            session.HeldSinceMs = -1;
        }
        else if (failure is null)
        {
            session.Block(BlockReason.Link);
            backend.Wait(session);
        }
        else if (backend.TryHold(session, ref failure))
        {
            failure = null;
        }
        return found;
    }

    /// <summary>A private link to whoever may answer the request.</summary>
    public static PrivateLink? TakePrivate(ClientSession session, ShardBackend backend, bool reads, out ShardFailure? failure) =>
        reads ? backend.FindReader(session, out failure)?.TakePrivate(session.State.LinkKey, out failure) : backend.TakePrivate(session.State.LinkKey, out failure);

    private static SharedLink? FindReader(ClientSession session, ShardBackend backend, int requestBytes, out ShardFailure? failure) =>
        backend.FindReader(session, out failure)?.FindShared(session.State.LinkKey, requestBytes, out failure);

    /// <summary>Answers with an error of our own.</summary>
    public void Refuse(ClientSession session, Command? command, ReadOnlySpan<byte> error)
    {
        if (command is not null) session.Pool.Counters.Of(command.Id).Error++;
        if (session.Transaction is not null || command?.Group == "transactions") error = TransactionCommands.OnRefused(session, command, error);
        ReplyBuffer reply = session.BeginReply();
        reply.WriteError(error);
        session.EndReply(reply);
    }

    /// <summary>The user may not do that.</summary>
    public void RefuseDenied(ClientSession session, Command row, in Denial denial)
    {
        session.LastCommand = row.Id;
        if (denial.Reason is DenialReason.Command or DenialReason.Key or DenialReason.Channel) session.NoteDenial(denial.Reason, denial.Object);
        Refuse(session, row, Encoding.UTF8.GetBytes(denial.Error));
    }

    public void RefuseLongKey(ClientSession session, Command row, int length) => Refuse(
        session, row, Encoding.ASCII.GetBytes($"ERR key of {length} bytes is too long; this pool's max_key is {session.Pool.Definition.MaxKey}"));

    // Of several keys the first that is too long; 0 when none is.
    private int FindLongKey(ClientSession session, Command row, Arguments arguments)
    {
        if (KeyExtractor.Extract(row, arguments, ref _keys) != KeyStatus.Found) return 0;
        foreach (KeyReference key in _keys.Items)
        {
            if (arguments[key.Index].Length > session.Pool.Definition.MaxKey) return arguments[key.Index].Length;
        }
        return 0;
    }

    public void RefuseNoShard(ClientSession session, Command command, in Route route)
    {
        PartitionRule rule = session.Pool.Map.Rules[route.Rule];
        Refuse(session, command, System.Text.Encoding.UTF8.GetBytes(
            $"NOSHARD rule '{rule.Name}' ({_loop.FileName}:{rule.Line}) holds no range for this key; add 'otherwise:'"));
    }

    public void RefuseCrossSlot(ClientSession session, Command command, ReadOnlySpan<byte> key)
    {
        _loop.AdviseOnCrossSlot(session.Pool, command, key);
        Refuse(session, command, "CROSSSLOT Keys in request don't hash to the same slot"u8);
    }

    // The client does not want to hear of it. What waits for its reply then waits for nobody's.
    private bool RouteUnheard(ClientSession session, Command? command, RequestReader reader, Arguments arguments, ReadOnlySpan<byte> input)
    {
        uint first = session.NextSequence;
        bool taken = RouteOther(session, command, reader, arguments, input);
        if (taken || session.Stream is not null) session.MuteFrom(first);
        return taken;
    }

    // Off the straight road: Redis's order of refusals, then whatever the command's row asks for.
    private bool RouteOther(ClientSession session, Command? command, RequestReader reader, Arguments arguments, ReadOnlySpan<byte> input)
    {
        if (session.State.Has(SessionModes.Executing))
        {
            session.Block(BlockReason.Order);
            return false;
        }
        if (session.State.Has(SessionModes.Waiting))
        {
            session.Block(BlockReason.Wait);
            return false;
        }
        Command? row = command is { IsContainer: true } ? CommandTable.Resolve(in arguments) : command;
        row ??= LocalCommands.FindOwn(in arguments);
        if (row is null && session.Pool.Definition.LearnsCommands) row = _loop.Info.Learned.Find(arguments[0]);
        if (row is null)
        {
            RefuseUnknown(session, arguments, reader.IsInline);
            return true;
        }
        // COMMAND alone is a command too; the other containers want a subcommand.
        if (!row.Takes(arguments.Count) || (row.IsContainer && arguments.Count == 1 && RouteTable.Of(row) != RouteKind.Local))
        {
            RefuseArity(session, row);
            return true;
        }
        if (!session.State.IsAuthenticated && !row.Is(CommandFlags.NoAuth))
        {
            Refuse(session, row, "NOAUTH Authentication required."u8);
            return true;
        }
        if (session.State.Has(SessionModes.Restricted) && Permissions.Check(session.State.User, row, arguments, ref _keys) is { IsNone: false } denial)
        {
            RefuseDenied(session, row, in denial);
            return true;
        }
        if (session.State.Has(SessionModes.Paused) && _loop.Pause.Holds(row, mayWrite: session.Transaction is { Writes: true } && row.Name == "exec"))
        {
            _loop.Pause.Hold(session);
            return false;
        }
        if (session.Pool.LongFrom < ClientSession.LargestShared && FindLongKey(session, row, arguments) is > 0 and var length)
        {
            RefuseLongKey(session, row, length);
            return true;
        }
        session.LastCommand = row.Id;
        if (session.State.Has(SessionModes.Observed))
        {
            if (session.IsMonitor && row.Is(CommandFlags.Write | CommandFlags.ReadOnly | CommandFlags.MayReplicate))
            {
                Refuse(session, row, "ERR Replica can't interact with the keyspace"u8);
                return true;
            }

            // As Redis does, after what changes the connection itself; but not after its input may be gone.
            if (RouteTable.Of(row) != RouteKind.Local || row.Name == "quit") _loop.Monitors.Show(session, row, arguments);
        }

        if (session.State.Has(SessionModes.Queueing) && !TransactionCommands.RunsAtOnce(row))
        {
            _transactions.Queue(session, row, arguments, reader.Frame(input));
            return true;
        }

        if (session.State.Has(SessionModes.Subscribed) && !_subscriptions.Admits(session, row, out bool isTaken)) return isTaken;

        switch (RouteTable.Of(row))
        {
            case RouteKind.Local:
                if (ShardInfo.IsAskedBy(row, arguments)) return _shardInfo.Relay(session, row, arguments);
                AnswerHere(session, row, arguments);
                if (session.State.Has(SessionModes.Observed) && !session.IsClosing) _loop.Monitors.Show(session, row, arguments);
                return true;
            case RouteKind.OneKey:
                Route route = session.Pool.Map.Find(arguments[1]);
                return Relay(session, row, in route, arguments[1], reader.Frame(input));
            case RouteKind.OneUnit:
                return RouteUnit(session, row, reader, arguments, input);
            case RouteKind.Split:
                return _splitter.Split(session, row, arguments, reader.Frame(input), ref _keys);
            case RouteKind.Transaction:
                return _transactions.Run(session, row, arguments, reader.Frame(input));
            case RouteKind.Blocking:
                return _blocking.Route(session, row, reader, arguments, input);
            case RouteKind.Wait:
                return _wait.Route(session, row, reader.Frame(input));
            case RouteKind.Script:
                return _scripts.Route(session, row, arguments, reader.Frame(input));
            case RouteKind.AllShards:
                return row.Name == "randomkey" ? _splitter.DrawKey(session, row) : _splitter.SendToAll(session, row, reader.Frame(input));
            case RouteKind.Scan:
                return row.Name == "scan" ? _scans.Route(session, row, arguments, reader.Frame(input)) : _scans.CountSlot(session, row, arguments);
            case RouteKind.Subscription:
                return _subscriptions.Route(session, row, arguments);
            case RouteKind.Publish:
                return _publish.Route(session, row, arguments, reader.Frame(input));
            default:
                RefuseByPolicy(session, row);
                return true;
        }
    }

    private bool RouteUnit(ClientSession session, Command row, RequestReader reader, Arguments arguments, ReadOnlySpan<byte> input)
    {
        if (row.Is(CommandFlags.Blocking) && WouldBlock(arguments)) return _blocking.Route(session, row, reader, arguments, input);
        KeyStatus status = KeyExtractor.Extract(row, arguments, ref _keys);
        if (status == KeyStatus.Invalid)
        {
            Refuse(session, row, Encoding.UTF8.GetBytes(_keys.Error!));
            return true;
        }
        if (RefusesPattern(session, row, arguments, in _keys)) return true;
        if (status == KeyStatus.None)
        {
            Route first = new(session.Pool.Map.FirstShardOfCatchAll, -1, 0);
            return Relay(session, row, in first, default, reader.Frame(input));
        }
        if (!TryFindUnit(session, row, arguments, ref _keys, out Route route)) return true;
        if (_loop.IsHolding && _loop.HoldsAny(session, arguments, in _keys))
        {
            _loop.WaitForReload(session);
            return false;
        }
        return Relay(session, row, in route, arguments[_keys[0].Index], reader.Frame(input));
    }

    /// <summary>SORT would look for those keys on its own shard, and sort wrongly by those that live on others. True: the client has been told.</summary>
    public bool RefusesPattern(ClientSession session, Command row, Arguments arguments, in KeyList keys)
    {
        PartitionMap map = session.Pool.Map;
        if (!keys.TouchesUnnamedKeys || map.OnlyShard >= 0 || StrayPattern(map, arguments) is not { } option) return false;

        // Redis Cluster's own words.
        Refuse(session, row, Encoding.ASCII.GetBytes($"ERR {option} option of SORT denied in Cluster mode."));
        return true;
    }

    /// <summary>The one unit that all keys lie in. False: there is none, and the client has been told.</summary>
    public bool TryFindUnit(ClientSession session, Command row, Arguments arguments, ref KeyList keys, out Route route)
    {
        PartitionMap map = session.Pool.Map;
        route = map.Find(arguments[keys[0].Index]);
        for (int i = 0; i < keys.Count; i++)
        {
            Route other = i == 0 ? route : map.Find(arguments[keys[i].Index]);
            if (other.Shard < 0)
            {
                RefuseNoShard(session, row, in other);
                return false;
            }
            if (other.Unit == route.Unit) continue;
            RefuseCrossSlot(session, row, arguments[keys[0].Index]);
            return false;
        }
        return true;
    }

    // XREADGROUP GROUP group consumer COUNT n BLOCK ms STREAMS …: groups and consumers may have any names, those of options too.
    private static bool WouldBlock(Arguments arguments)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(arguments[i], "STREAMS"u8)) return false;
            if (Ascii.EqualsIgnoreCase(arguments[i], "BLOCK"u8)) return true;
            if (Ascii.EqualsIgnoreCase(arguments[i], "GROUP"u8)) i += 2;
            else if (Ascii.EqualsIgnoreCase(arguments[i], "COUNT"u8)) i++;
        }
        return false;
    }

    // The first option of SORT whose pattern stands for keys that may not live where the sorted one does.
    private static string? StrayPattern(PartitionMap map, Arguments arguments)
    {
        int owner = map.Find(arguments[1]).Shard;
        for (int i = 2; i + 1 < arguments.Count; i++)
        {
            bool isBy = Ascii.EqualsIgnoreCase(arguments[i], "BY"u8);
            if (!isBy && !Ascii.EqualsIgnoreCase(arguments[i], "GET"u8)) continue;
            ReadOnlySpan<byte> pattern = arguments[++i];
            int star = pattern.IndexOf((byte)'*');
            if (star >= 0 && map.OwnerOfAll(pattern[..star]) != owner) return isBy ? "BY" : "GET";
        }
        return null;
    }

    private void AnswerHere(ClientSession session, Command row, Arguments arguments)
    {
        Metrics.CommandCounters counters = session.Pool.Counters.Of(row.Id);
        ReplyBuffer reply = session.BeginReply();
        LocalHandler handler = LocalCommands.Find(row)!;
        long before = reply.Length;
        handler(new LocalCall(session, row, arguments, reply));
        if (reply.Length > before && ReplyStartsWithError(reply, before)) counters.Error++;
        else counters.Ok++;
        counters.Duration.Record(0, 0);
        if (reply.Length > before) session.EndReply(reply);
        else session.DropReply(reply);
    }

    // Only an answer that stands alone in its buffer can be looked at cheaply; for one appended to others, the handler's word is taken.
    private static bool ReplyStartsWithError(ReplyBuffer reply, long before) => before == 0 && reply.First[0] == '-';

    private void RefuseUnknown(ClientSession session, Arguments arguments, bool isInline)
    {
        session.Pool.Counters.Unknown++;
        session.Transaction?.Spoil();
        bool http = Ascii.EqualsIgnoreCase(arguments[0], "POST"u8) || Ascii.EqualsIgnoreCase(arguments[0], "Host:"u8);
        if (http)
        {
            _loop.Strangers.NoteHttp(session.Pool.Definition.Name, _loop.Events.NowMs);
            session.CloseAfterReplies();
            return;
        }
        if (isInline && session.RefusedAsTls(arguments[0])) return;
        ReplyBuffer reply = session.BeginReply();
        CommandErrors.WriteUnknown(reply, arguments);
        session.EndReply(reply);
    }

    private void RefuseArity(ClientSession session, Command row) => Refuse(session, row, Encoding.ASCII.GetBytes(CommandErrors.WrongArity(row)));

    public void RefuseByPolicy(ClientSession session, Command row)
    {
        session.Pool.Counters.Of(row.Id).Refused++;
        session.Transaction?.Spoil();
        string name = row.Parent?.Name is "config" or "client" or "acl" ? row.Name.Replace('|', ' ') : (row.Parent ?? row).Name;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteError($"ERR command '{name}' is refused by this gateway");
        session.EndReply(reply);
    }
}
