using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// A client's SUBSCRIBE on its way: it waits for every master to confirm, and then for its turn among the client's replies. Only as its confirmation
/// goes out does the client begin to get messages, so that none comes before it.
/// </summary>
internal sealed class PendingSubscription
{
    private readonly Subscriber _subscriber;
    private readonly ChannelKind _kind;
    private readonly Channel[] _channels;
    private int _missing;
    private uint _sequence;

    /// <param name="channels">Claimed for it, in the request's order.</param>
    public PendingSubscription(Subscriber subscriber, ChannelKind kind, Channel[] channels, long nowMs)
    {
        _subscriber = subscriber;
        _kind = kind;
        _channels = channels;
        SinceMs = nowMs;
        subscriber.Pending++;
        subscriber.Claims += channels.Length;
        foreach (Channel channel in channels)
        {
            if (channel.IsSettled(nowMs)) continue;
            channel.Wait(this);
            _missing++;
        }
        IsReady = _missing == 0;
    }

    public long SinceMs { get; }

    public bool IsReady { get; private set; }

    public long HoldMs => _subscriber.Pool.HoldMs;

    /// <summary>Takes its place among the client's replies.</summary>
    public void Begin() => _sequence = _subscriber.Session.Defer(this, IsReady);

    /// <summary>One of its channels is confirmed wherever that can be had.</summary>
    public void OnSettled()
    {
        if (IsReady || --_missing > 0) return;
        Finish();
    }

    /// <summary>It has waited long enough for masters that cannot be reached: their messages will come once they can.</summary>
    public void GiveUpWaiting(long nowMs)
    {
        foreach (Channel channel in _channels)
        {
            foreach (Subscription source in channel.Sources) source.Feed.TellIfUnconfirmed(source, nowMs);
        }
        Finish();
    }

    /// <summary>The client has left before it was told.</summary>
    public void Cancel()
    {
        IsReady = true;
        LetGo();
    }

    /// <summary>Its turn has come.</summary>
    public void WriteTo(ReplyBuffer output, bool resp3)
    {
        byte[]? refusal = null;
        foreach (Channel channel in _channels) refusal ??= channel.Refusal;
        if (refusal is not null)
        {
            output.WriteError(refusal);
        }
        else
        {
            foreach (Channel channel in _channels)
            {
                _subscriber.Add(channel);
                Confirmation.Write(output, resp3, ChannelWords.Subscribe(_kind), channel.Name, _subscriber.CountWith(_kind));
            }
        }
        LetGo();
        _subscriber.UpdateMode();
    }

    private void Finish()
    {
        IsReady = true;
        _subscriber.Session.Complete(_sequence);
    }

    private void LetGo()
    {
        _subscriber.Pending--;
        _subscriber.Claims -= _channels.Length;
        foreach (Channel channel in _channels)
        {
            channel.Claims--;
            _subscriber.Pool.NoteLeft(channel);
        }
    }
}
