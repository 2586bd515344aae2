using Keyway.Platform;
using Keyway.Protocol.Commands;

namespace Keyway.Shard.Blocking;

/// <summary>A client's request that found nothing to serve it with, and runs again when one of its keys may have become what it needs.</summary>
internal sealed class BlockedRequest(ClientSession client, Command command, SavedRequest saved, BlockedOn kind, object? state, bool isUnheard)
{
    public readonly ClientSession Client = client;
    public readonly Command Command = command;
    public readonly SavedRequest Saved = saved;
    public readonly BlockedOn Kind = kind;

    /// <summary>What the handler must remember from its first run: the "$" of XREAD, resolved.</summary>
    public readonly object? State = state;

    /// <summary>The client wants no reply to this request (CLIENT REPLY).</summary>
    public readonly bool IsUnheard = isUnheard;

    /// <summary>One for each of its keys.</summary>
    public Waiter[] Waiters = [];

    public LoopTimer? Timer;

    /// <summary>The key for which it runs again just now; null while it waits.</summary>
    public WaitQueue? Ready;

    /// <summary>It ran again, and found nothing once more.</summary>
    public bool WaitsOn;
}
