using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Subscriptions;

/// <summary>SUBSCRIBE, UNSUBSCRIBE and their kin, and what else a client that listens may ask.</summary>
internal sealed class SubscriptionCommands(GatewayLoop loop, Router router)
{
    // For each row: which kind of channel it is about, and whether it begins or ends.
    private static readonly Dictionary<string, (ChannelKind Kind, bool Subscribes)> ByName = new()
    {
        ["subscribe"] = (ChannelKind.Channel, true),
        ["psubscribe"] = (ChannelKind.Pattern, true),
        ["ssubscribe"] = (ChannelKind.ShardChannel, true),
        ["unsubscribe"] = (ChannelKind.Channel, false),
        ["punsubscribe"] = (ChannelKind.Pattern, false),
        ["sunsubscribe"] = (ChannelKind.ShardChannel, false),
    };

    public static bool Has(Command row) => ByName.ContainsKey(row.Name);

    /// <summary>Whether a client that listens, or is about to, may have this now.</summary>
    /// <returns>True: it may. Otherwise it has been refused, or blocked until what it asked before is answered.</returns>
    public bool Admits(ClientSession session, Command row, out bool isTaken)
    {
        isTaken = false;
        if (Has(row)) return true;
        if (!session.State.Resp3 && row.Name is not ("ping" or "quit" or "reset"))
        {
            isTaken = true;
            router.Refuse(session, row, System.Text.Encoding.ASCII.GetBytes(
                $"ERR Can't execute '{row.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"));
            return false;
        }

        // What follows a SUBSCRIBE must find it done: PUBLISH to that channel comes back. And a client that changes its protocol, or forgets all, does so
        // between two replies, so that every message before that is in the old way and every later one in the new.
        bool mustWait = session.State.Resp3 && session.Subscriber is { Pending: > 0 };
        mustWait |= row.Name is "hello" or "reset" && session.RequestsInFlight > 0;
        if (mustWait) session.Block(BlockReason.Drain);
        return !mustWait;
    }

    public bool Route(ClientSession session, Command row, Arguments arguments)
    {
        (ChannelKind kind, bool subscribes) = ByName[row.Name];
        return subscribes ? Subscribe(session, row, kind, arguments) : Unsubscribe(session, row, kind, arguments);
    }

    private bool Subscribe(ClientSession session, Command row, ChannelKind kind, Arguments arguments)
    {
        PoolChannels pool = loop.Subscriptions.Of(session.Pool.Definition.Name)!;
        if (kind == ChannelKind.ShardChannel && FindHomeless(session, arguments) is { } homeless)
        {
            router.RefuseNoShard(session, row, in homeless);
            return true;
        }
        Subscriber subscriber = session.Subscriber ??= new Subscriber(session, pool);
        if (subscriber.Count + subscriber.Claims + arguments.Count - 1 > Subscriber.MostSubscriptions)
        {
            router.Refuse(session, row, System.Text.Encoding.ASCII.GetBytes($"ERR too many subscriptions: one client may have {Subscriber.MostSubscriptions}"));
            return true;
        }
        var channels = new Channel[arguments.Count - 1];
        for (int i = 0; i < channels.Length; i++) channels[i] = pool.Claim(kind, arguments[i + 1]);
        var pending = new PendingSubscription(subscriber, kind, channels, loop.Events.NowMs);
        session.State.Set(SessionModes.Subscribed, true);
        CountOk(session, row);
        if (!pending.IsReady) loop.Subscriptions.Watch(pending);
        pending.Begin();
        return true;
    }

    private static bool Unsubscribe(ClientSession session, Command row, ChannelKind kind, Arguments arguments)
    {
        // In its turn: a message that came while earlier replies were waited for was still wanted.
        if (session.Subscriber is not null && session.RequestsInFlight > 0)
        {
            session.Block(BlockReason.Drain);
            return false;
        }
        CountOk(session, row);
        Subscriber? subscriber = session.Subscriber;
        ReplyBuffer reply = session.Loop.RentReply();
        for (int i = 1; i < arguments.Count; i++)
        {
            if (subscriber?.Pool[kind].Find(arguments[i]) is { } channel) subscriber.Remove(channel);
            Confirmation.Write(reply, session.State.Resp3, ChannelWords.Unsubscribe(kind), arguments[i], subscriber?.CountWith(kind) ?? 0);
        }
        if (arguments.Count == 1) UnsubscribeAll(session, kind, reply);
        session.AnswerAloud(reply);
        subscriber?.UpdateMode();
        return true;
    }

    private static void UnsubscribeAll(ClientSession session, ChannelKind kind, ReplyBuffer reply)
    {
        if (session.Subscriber is not { } subscriber || subscriber.CountOf(kind) == 0)
        {
            Confirmation.WriteNothing(reply, session.State.Resp3, ChannelWords.Unsubscribe(kind), session.Subscriber?.CountWith(kind) ?? 0);
            return;
        }
        foreach (Channel channel in subscriber.ChannelsOf(kind))
        {
            subscriber.Remove(channel);
            Confirmation.Write(reply, session.State.Resp3, ChannelWords.Unsubscribe(kind), channel.Name, subscriber.CountWith(kind));
        }
    }

    // A shard channel lives where a key of its name would.
    private static Topology.Route? FindHomeless(ClientSession session, Arguments arguments)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            Topology.Route route = session.Pool.Whole.Map.Find(arguments[i]);
            if (route.Shard < 0) return route;
        }
        return null;
    }

    private static void CountOk(ClientSession session, Command row)
    {
        Metrics.CommandCounters counters = session.Pool.Counters.Of(row.Id);
        counters.Ok++;
        counters.Duration.Record(0, 0);
    }
}
