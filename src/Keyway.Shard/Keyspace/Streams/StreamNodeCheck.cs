using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>Tells whether bytes from outside are a node of a stream: after that they may be trusted.</summary>
internal ref struct StreamNodeCheck
{
    private readonly ReadOnlySpan<byte> _listpack;
    private int _at;

    private StreamNodeCheck(ReadOnlySpan<byte> listpack)
    {
        _listpack = listpack;
        _at = Listpack.First(listpack);
    }

    /// <param name="bytes">What claims to be a node's listpack, all of it.</param>
    /// <param name="master">The ID under which it stands.</param>
    /// <param name="summary">What is in it.</param>
    public static bool IsValid(ReadOnlySpan<byte> bytes, StreamId master, out NodeSummary summary)
    {
        summary = new NodeSummary { IsOrdered = true };
        if (!ListpackCheck.IsValid(bytes, out _)) return false;
        return new StreamNodeCheck(bytes).IsNode(master, ref summary);
    }

    private bool IsNode(StreamId master, ref NodeSummary summary)
    {
        if (!TryReadNumber(out long count) || !TryReadNumber(out long deleted) || !TryReadNumber(out long fields)) return false;
        if (count < 0 || deleted < 0 || fields < 0 || !TrySkip(fields)) return false;
        if (!TryReadNumber(out long zero) || zero != 0) return false;

        long deletedFound = 0;
        while (_at != Listpack.None)
        {
            if (!TryReadEntry(master, fields, ref summary, out bool isDeleted)) return false;
            deletedFound += isDeleted ? 1 : 0;
        }

        return summary.Count == count && deletedFound == deleted;
    }

    private bool TryReadEntry(StreamId master, long sharedFields, ref NodeSummary summary, out bool isDeleted)
    {
        // The flags are changed where they stand: they must take one byte, as they always do.
        byte flags = _listpack[_at];
        isDeleted = (flags & StreamNode.DeletedFlag) != 0;
        if (flags > (StreamNode.DeletedFlag | StreamNode.SameFieldsFlag)) return false;

        _at = Listpack.Next(_listpack, _at);
        if (!TryReadNumber(out long milliseconds) || !TryReadNumber(out long sequence)) return false;

        bool hasOwnFields = (flags & StreamNode.SameFieldsFlag) == 0;
        long fields = sharedFields;
        if (hasOwnFields && !TryReadNumber(out fields)) return false;
        if (fields is < 0 or > int.MaxValue || !TrySkip(hasOwnFields ? fields * 2 : fields)) return false;

        long elements = StreamNode.FixedElements + (hasOwnFields ? (2 * fields) + 1 : fields);
        if (!TryReadNumber(out long noted) || noted != elements) return false;

        summary.Add(new StreamId(unchecked(master.Milliseconds + (ulong)milliseconds), unchecked(master.Sequence + (ulong)sequence)), isDeleted);
        return true;
    }

    private bool TrySkip(long elements)
    {
        for (; elements > 0 && _at != Listpack.None; elements--) _at = Listpack.Next(_listpack, _at);
        return elements == 0;
    }

    private bool TryReadNumber(out long number)
    {
        number = 0;
        if (_at == Listpack.None) return false;
        ListpackElement element = Listpack.Read(_listpack, _at);
        _at = Listpack.Next(_listpack, _at);
        number = element.Integer;
        return element.IsInteger;
    }
}
