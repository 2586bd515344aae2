using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;

namespace Keyway.Shard.Rdb.Held;

/// <summary>
/// A value too large to be written in one slice. It is written a part at a time, as it was when it was taken hold of, while it changes: what is about to
/// change is written, or copied, before it does. So neither the writing nor a change costs more at once than one part takes — an element of a hash, set
/// or sorted set, a node of a list or stream, 64 KB of a string — with two exceptions: to take hold of a list or stream, the addresses of its nodes are
/// copied (about 8 KB or 100 entries a node), and what a stream knows of its groups, each entry that waits for its acknowledgement with it, is written at once.
/// </summary>
internal abstract class HeldValue(EntryHead head, HeldShare share) : ValueHolder
{
    private readonly RdbAside _early = new();
    private RdbWriter? _stream;

    public EntryHead Head { get; } = head;

    protected HeldShare Share { get; } = share;

    private bool MayGoStraight => _stream != null && _early.Length == 0;

    /// <summary>The file has come to the value: writes about so many bytes of it.</summary>
    /// <returns>False when all has been written.</returns>
    public bool WriteSome(RdbWriter stream, long bytes)
    {
        long end = stream.WrittenBytes + Share.LookedThrough + bytes;
        if (_stream == null)
        {
            _stream = stream;
            WriteCount(stream);
        }

        _early.MoveTo(stream, bytes);
        if (_early.Length > 0) return true;

        while (WriteNext(stream))
        {
            if (stream.WrittenBytes + Share.LookedThrough >= end) return true;
        }

        return false;
    }

    /// <summary>The value is not needed any more.</summary>
    public void Release()
    {
        _early.Clear();
        LetGo();
    }

    /// <summary>What the value begins with: how many parts it has.</summary>
    protected abstract void WriteCount(RdbWriter writer);

    /// <summary>Writes another part; false when there was none.</summary>
    protected abstract bool WriteNext(RdbWriter writer);

    protected abstract void LetGo();

    /// <summary>For a part that is about to change: a writer whose bytes come where they belong. <see cref="EndEarly"/> follows.</summary>
    protected RdbWriter BeginEarly()
    {
        if (MayGoStraight) return _stream!;
        Share.Scratch.Begin(_early);
        return Share.Scratch;
    }

    protected void EndEarly()
    {
        if (!MayGoStraight) Share.Scratch.Flush();
    }

    protected void LetGo(LargeValue value)
    {
        value.Holder = null;
        if (IsValueDropped) Share.Values.Drop(value);
    }
}
