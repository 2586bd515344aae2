using System.Numerics;
using Keyway.Protocol;

namespace Keyway.Gateway.Sessions;

/// <summary>
/// A client's requests in their order, until each has its reply: whatever the order in which shards answer, the client reads replies in the
/// order of its requests. A reply whose turn it is goes straight out; one that comes early lies in the stash, one array for all of them.
/// </summary>
internal sealed class ReplyQueue(BufferPool buffers)
{
    private const int Smallest = 8;
    private const int LargestKeptIdle = 64;
    private const int SmallestStash = 16 * 1024;

    private PendingReply[] _entries = [];
    private int _head;
    private int _count;
    private byte[] _stash = [];
    private int _stashEnd;
    private int _stashed;

    public int Count => _count;

    /// <summary>The number of the oldest request; numbers go round at 2^32.</summary>
    public uint HeadSequence { get; private set; }

    public uint NextSequence => HeadSequence + (uint)_count;

    public int StashBytes => _stashEnd;

    public ref PendingReply Head => ref _entries[_head];

    public ref PendingReply this[uint offset] => ref _entries[(_head + (int)offset) & (_entries.Length - 1)];

    /// <summary>Starts numbering where the last user of this session's slot ended, so that late replies to it match nobody.</summary>
    public void StartAt(uint sequence) => HeadSequence = sequence;

    public uint Add(ReplyState state, object? held)
    {
        if (_count == _entries.Length) Resize(Math.Max(Smallest, _entries.Length * 2));
        ref PendingReply entry = ref _entries[(_head + _count) & (_entries.Length - 1)];
        entry.State = state;
        entry.Held = held;
        entry.Length = 0;
        return HeadSequence + (uint)_count++;
    }

    public void RemoveHead()
    {
        _entries[_head].Held = null;
        _head = (_head + 1) & (_entries.Length - 1);
        _count--;
        HeadSequence++;
        if (_count == 0) BecameEmpty();
    }

    /// <summary>The newest request is taken back: no reply to it will come.</summary>
    public void RemoveLast()
    {
        this[(uint)_count - 1].Held = null;
        if (--_count == 0) BecameEmpty();
    }

    /// <summary>Keeps a complete reply until its turn.</summary>
    public void Stash(ref PendingReply entry, ReadOnlySpan<byte> reply)
    {
        if (_stashEnd + reply.Length > _stash.Length) MakeRoom(reply.Length);
        reply.CopyTo(_stash.AsSpan(_stashEnd));
        entry.Offset = _stashEnd;
        entry.Length = reply.Length;
        entry.State = ReplyState.Ready;
        _stashEnd += reply.Length;
        _stashed++;
    }

    public ReadOnlySpan<byte> Stashed(in PendingReply entry) => _stash.AsSpan(entry.Offset, entry.Length);

    /// <summary>A stashed reply has been copied out.</summary>
    public void Unstash(ref PendingReply entry)
    {
        entry.Length = 0;
        if (--_stashed == 0) _stashEnd = 0;
    }

    public void Free()
    {
        HeadSequence += (uint)_count;
        _count = 0;
        _entries = [];
        _head = 0;
        ReturnStash();
    }

    private void BecameEmpty()
    {
        ReturnStash();
        if (_entries.Length > LargestKeptIdle) _entries = [];
        _head = 0;
    }

    private void ReturnStash()
    {
        if (_stash.Length > 0) buffers.Return(_stash);
        _stash = [];
        _stashEnd = 0;
        _stashed = 0;
    }

    // Replies leave the stash in request order but came in any: when it is full, what is still needed is moved together before it grows.
    private void MakeRoom(int more)
    {
        int live = 0;
        for (uint i = 0; i < _count; i++)
        {
            ref PendingReply entry = ref this[i];
            if (entry.State == ReplyState.Ready && entry.Held is null) live += entry.Length;
        }
        byte[] next = buffers.Rent(Math.Max(SmallestStash, Math.Max(live + more, live * 2)));
        int end = 0;
        for (uint i = 0; i < _count; i++)
        {
            ref PendingReply entry = ref this[i];
            if (entry.State != ReplyState.Ready || entry.Held is not null) continue;
            _stash.AsSpan(entry.Offset, entry.Length).CopyTo(next.AsSpan(end));
            entry.Offset = end;
            end += entry.Length;
        }
        if (_stash.Length > 0) buffers.Return(_stash);
        _stash = next;
        _stashEnd = end;
    }

    private void Resize(int size)
    {
        var entries = new PendingReply[BitOperations.RoundUpToPowerOf2((uint)size)];
        for (uint i = 0; i < _count; i++) entries[i] = this[i];
        _entries = entries;
        _head = 0;
    }
}
