using System.Runtime.InteropServices;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Transactions;

/// <summary>What a client has queued since MULTI and watches since WATCH. Made when a client first does either.</summary>
internal sealed class TransactionState(SlabAllocator memory)
{
    private const int KeptCapacity = 64;
    private const CommandFlags AllFlags = (CommandFlags)uint.MaxValue;
    private static readonly Dictionary<WatchedKey, Watch> NoWatches = [];

    private readonly List<QueuedCommand> _queue = [];
    private Dictionary<WatchedKey, Watch>? _watches;

    /// <summary>MULTI was called, and neither EXEC nor DISCARD since.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>EXEC runs: what is queued is in use.</summary>
    public bool IsExecuting { get; set; }

    /// <summary>A command was refused when it came: EXEC will run none.</summary>
    public bool HasError { get; private set; }

    /// <summary>A watched key has changed: EXEC will run nothing.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Of all queued commands together.</summary>
    public CommandFlags Flags { get; private set; }

    /// <summary>Those that each queued command has.</summary>
    public CommandFlags CommonFlags { get; private set; } = AllFlags;

    /// <summary>Memory of the queue.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of all arguments in the queue.</summary>
    public long ArgumentBytes { get; private set; }

    public int Count => _queue.Count;

    public ReadOnlySpan<QueuedCommand> Queue => CollectionsMarshal.AsSpan(_queue);

    public int WatchCount => _watches?.Count ?? 0;

    /// <summary>By key, so that watching a key twice is watching it once.</summary>
    public Dictionary<WatchedKey, Watch> Watches => _watches ??= [];

    public void Open() => IsOpen = true;

    /// <summary>Keeps a copy for EXEC; false when it is too large to be kept.</summary>
    public bool TryAdd(Command command, Arguments arguments)
    {
        // What will not run need not be kept.
        if (HasError || IsBroken) return true;
        if (!SavedRequest.TryCopy(arguments, memory, out SavedRequest saved)) return false;

        _queue.Add(new QueuedCommand(command, saved));
        Bytes += saved.Bytes;
        for (int i = 0; i < arguments.Count; i++) ArgumentBytes += arguments[i].Length;
        Flags |= command.Flags;
        CommonFlags &= command.Flags;
        return true;
    }

    /// <summary>A command was refused instead of queued.</summary>
    public void Fail() => HasError |= IsOpen;

    /// <summary>True when the time of a watched key has run out since the watch began, and nobody has looked at it.</summary>
    public bool SeesExpiry()
    {
        foreach (Watch watch in (_watches ?? NoWatches).Values)
        {
            if (!watch.BeganDead && watch.Key.Database.HoldsDead(watch.Key.Name)) return true;
        }

        return false;
    }

    public void ForgetWatches() => _watches = null;

    /// <summary>Back to before MULTI. The watches are ended by whoever keeps all of them.</summary>
    public void Close()
    {
        foreach (QueuedCommand queued in _queue) queued.Request.Free(memory);
        _queue.Clear();
        if (_queue.Capacity > KeptCapacity) _queue.Capacity = 0;
        IsOpen = HasError = IsBroken = false;
        Flags = CommandFlags.None;
        CommonFlags = AllFlags;
        Bytes = ArgumentBytes = 0;
    }
}
