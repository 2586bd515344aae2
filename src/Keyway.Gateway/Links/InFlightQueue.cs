using System.Numerics;

namespace Keyway.Gateway.Links;

/// <summary>One request that a shard owes a reply to. Holds no references: the collector has nothing to trace, however many are in flight.</summary>
internal struct InFlight
{
    /// <summary>Index into the loop's sessions; <see cref="Nobody"/> when the reply is to be swallowed.</summary>
    public int Session;

    /// <summary>The session's own number of the request. Numbers go on when a slot is used again, so an old one matches nobody.</summary>
    public uint Sequence;

    /// <summary>When the request was taken from its client.</summary>
    public long StartTicks;

    /// <summary>How many bytes of the link's ring it fills.</summary>
    public int RequestBytes;

    /// <summary>The command's row.</summary>
    public ushort Command;

    /// <summary>Which part of a split request this is.</summary>
    public ushort Part;

    public const int Nobody = -1;

    /// <summary>The gateway itself asks; <see cref="Sequence"/> is the question's number.</summary>
    public const int Question = -2;
}

/// <summary>The requests of one link in the order they were sent, which is the order their replies come in.</summary>
internal sealed class InFlightQueue
{
    private const int Smallest = 16;

    // What an idle link may keep: a burst of many thousand requests is not worth holding memory for.
    private const int LargestKeptIdle = 1024;

    private InFlight[] _entries = new InFlight[Smallest];
    private int _head;
    private int _count;

    public int Count => _count;

    /// <summary>How many have been added since the link began; with <see cref="Answered"/>, a reload sees when what it waits for has drained.</summary>
    public long Added { get; private set; }

    public long Answered => Added - _count;

    public ref InFlight First => ref _entries[_head];

    public ref InFlight this[int index] => ref _entries[(_head + index) & (_entries.Length - 1)];

    public ref InFlight Add()
    {
        if (_count == _entries.Length) Resize(_entries.Length * 2);
        ref InFlight entry = ref _entries[(_head + _count) & (_entries.Length - 1)];
        _count++;
        Added++;
        return ref entry;
    }

    public void RemoveFirst()
    {
        _head = (_head + 1) & (_entries.Length - 1);
        _count--;
    }

    public void RemoveLast()
    {
        _count--;
        Added--;
    }

    public void TrimWhenIdle()
    {
        if (_count == 0 && _entries.Length > LargestKeptIdle) Resize(Smallest);
    }

    private void Resize(int size)
    {
        var entries = new InFlight[BitOperations.RoundUpToPowerOf2((uint)size)];
        for (int i = 0; i < _count; i++) entries[i] = this[i];
        _entries = entries;
        _head = 0;
    }
}
