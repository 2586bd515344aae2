using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// Entries in the order of their IDs, which only grow: each a list of fields and values. They lie in nodes of some dozens each; a deleted one is only
/// marked until all of its node are. With them lives what tells a reader how far behind it is, and the groups of readers.
/// </summary>
internal sealed unsafe class StreamValue(ValueStore store) : LargeValue
{
    /// <summary>More than that goes into no node, nor into an entry.</summary>
    private const int LargestNode = 1 << 30;

    private readonly SlabAllocator _memory = store.Memory;
    private long _nodeBytes;
    private bool _isDisordered;

    /// <summary>The nodes, each under its first ID (deleted or not).</summary>
    public readonly IdMap Nodes = new(store.Memory);

    public readonly NameTable<ConsumerGroup> Groups = new(store.Hash);

    public long Length { get; private set; }

    /// <summary>The greatest ID ever; new ones are greater.</summary>
    public StreamId LastId { get; private set; }

    /// <summary>Of the entries that are there; zero when there are none.</summary>
    public StreamId FirstId;

    /// <summary>The greatest ID that XDEL has deleted. What trimming takes does not count: there is nothing left before it.</summary>
    public StreamId MaxDeletedId;

    /// <summary>Entries ever added.</summary>
    public long EntriesAdded;

    public override long Count => Length;

    /// <summary>All bytes of the nodes.</summary>
    public long NodeBytes => _nodeBytes;

    public override long FreeEffort
    {
        get
        {
            long effort = Nodes.Count;
            foreach (ConsumerGroup group in Groups.InOrder) effort += 1 + group.Pending.Count;
            return effort;
        }
    }

    public override long MemoryBytes
    {
        get
        {
            long bytes = _nodeBytes + Nodes.MemoryBytes;
            foreach (ConsumerGroup group in Groups.InOrder) bytes += group.MemoryBytes;
            return bytes;
        }
    }

    /// <summary>Whether these fields and values could be one entry.</summary>
    public static bool Fits(Arguments request, int firstField)
    {
        long bytes = 0;
        long overhead = 0;
        for (int i = firstField; i < request.Count; i++)
        {
            bytes += request[i].Length;
            overhead += Listpack.SizeOf(request[i]) - request[i].Length;
        }

        return bytes <= LargestNode && overhead <= LargestNode / 2;
    }

    /// <summary>Adds an entry, whose ID is greater than all before and whose elements fit: the request's arguments from this one on are its fields and values.</summary>
    public void Append(StreamId id, Arguments request, int firstField, long maxNodeBytes, long maxNodeEntries)
    {
        if (maxNodeBytes is 0 or > LargestNode) maxNodeBytes = LargestNode;
        IdMap.Position last = Nodes.Last;
        StreamNode node = Nodes.Count > 0 ? NodeAt(last) : default;
        NodeHead head = default;
        if (!node.IsNull)
        {
            long elementBytes = 0;
            for (int i = firstField; i < request.Count; i++) elementBytes += request[i].Length;
            Holder?.BeforeNode(Nodes.IdAt(last), node);
            head = new NodeHead(node.Bytes);
            bool isFull = node.Bytes.Length + elementBytes >= maxNodeBytes || (maxNodeEntries > 0 && head.Count + head.Deleted >= maxNodeEntries);
            if (isFull)
            {
                // Nothing more comes into it.
                MoveNode(last, node.Bytes.Length);
                node = default;
            }
        }

        if (node.IsNull)
        {
            BeginNode(id, request, firstField);
            AppendEntry(Nodes.SeekAtLeast(id), default, request, firstField, hasOwnFields: false, maxNodeBytes);
        }
        else
        {
            bool hasOwnFields = !HasSameFields(node.Bytes, head, request, firstField);
            StreamId master = Nodes.IdAt(last);
            var difference = new StreamId(unchecked(id.Milliseconds - master.Milliseconds), unchecked(id.Sequence - master.Sequence));
            AppendEntry(last, difference, request, firstField, hasOwnFields, maxNodeBytes);
            NodeAt(last).SetNumber(NodeHead.CountAt, head.Count + 1);
        }

        LastId = id;
        if (Length++ == 0) FirstId = id;
        EntriesAdded++;
    }

    public bool Contains(StreamId id) => new StreamCursor(this, id, id).MoveNext();

    /// <summary>Deletes the entry and remembers that one of this ID was deleted; false when it is not there. <see cref="RefreshFirstId"/> follows.</summary>
    public bool Delete(StreamId id)
    {
        var cursor = new StreamCursor(this, id, id);
        if (!cursor.MoveNext()) return false;

        StreamNode node = NodeAt(cursor.Node);
        Holder?.BeforeNode(Nodes.IdAt(cursor.Node), node);
        var head = new NodeHead(node.Bytes);
        if (head.Count == 1)
        {
            RemoveNode(cursor.Node);
        }
        else
        {
            node = Reserve(cursor.Node, node.Bytes.Length + 1);
            MarkDeleted(node, cursor.EntryAt);
            node.CountAsDeleted(head, 1);
        }

        Length--;
        if (id > MaxDeletedId) MaxDeletedId = id;
        return true;
    }

    /// <returns>How many entries have been deleted.</returns>
    public long Trim(in StreamTrim trim)
    {
        long deleted = 0;
        while (Nodes.Count > 0 && !(trim.By == TrimBy.MaxLength && Length <= trim.MaxLength))
        {
            IdMap.Position first = Nodes.First;
            Holder?.BeforeNode(Nodes.IdAt(first), NodeAt(first));
            long entries = new NodeHead(NodeAt(first).Bytes).Count;
            if (trim.Limit > 0 && deleted + entries > trim.Limit) break;

            bool goesWhole = trim.By == TrimBy.MaxLength ? Length - entries >= trim.MaxLength : LastIdOf(first) < trim.MinId;
            if (!goesWhole)
            {
                if (!trim.IsApproximate) deleted += TrimNode(first, trim);
                break;
            }

            RemoveNode(first);
            Length -= entries;
            deleted += entries;
        }

        if (deleted > 0) RefreshFirstId();
        return deleted;
    }

    /// <summary>Makes this the ID that new ones are greater than; all entries that are not deleted must have smaller ones or this one.</summary>
    public void SetLastId(StreamId id)
    {
        // What is added then may come to stand behind greater IDs of entries that are deleted but still lie there.
        if (id < LastId) MarkDisordered();
        LastId = id;
    }

    /// <summary>IDs may stand behind greater ones, in their node or even in the next: nothing may be told from where a node begins any more.</summary>
    public void MarkDisordered() => _isDisordered = true;

    /// <summary>Looks for the first entry again after some have been deleted.</summary>
    public void RefreshFirstId() => FirstId = FindEdge(isLast: false, StreamId.Zero);

    /// <summary>The first or last entry's ID, deleted ones passed over or not.</summary>
    public StreamId FindEdge(bool isLast, StreamId ifNone, bool seesDeleted = false)
    {
        var cursor = new StreamCursor(this, isLast, seesDeleted);
        return cursor.MoveNext() ? cursor.Id : ifNone;
    }

    /// <summary>How many entries a <see cref="StreamCursor"/> between these bounds comes to; none are counted beyond enough.</summary>
    public long CountBetween(StreamId from, StreamId to, long enough, bool isBackwards = false)
    {
        if (_isDisordered) return CountOneByOne(from, to, enough, isBackwards);
        if (from <= FirstId && to >= LastId) return Math.Min(Length, enough);

        long count = 0;
        IdMap.Position position = Nodes.SeekAtMost(from);
        if (!Nodes.IsValid(position)) position = Nodes.First;
        while (Nodes.IsValid(position) && count < enough)
        {
            StreamId master = Nodes.IdAt(position);
            if (master > to) break;

            // Only a node through which a bound goes must be walked.
            IdMap.Position next = Nodes.Next(position);
            StreamId end = LastId;
            if (Nodes.IsValid(next)) Nodes.IdAt(next).TryDecrement(out end);
            count += master >= from && end <= to
                ? new NodeHead(NodeAt(position).Bytes).Count
                : CountOneByOne(master >= from ? master : from, end <= to ? end : to, enough - count, isBackwards: false);
            position = next;
        }

        return Math.Min(count, enough);
    }

    /// <summary>Whether XDEL has left gaps from this ID on, so that one cannot tell by counting how many entries are ahead.</summary>
    public bool HasGapsFrom(StreamId id) => Length > 0 && !MaxDeletedId.IsZero && FirstId <= MaxDeletedId && id <= MaxDeletedId;

    /// <summary>How many entries were added up to this ID, where that can be told, or <see cref="ConsumerGroup.UnknownRead"/>.</summary>
    public long EstimateRead(StreamId id)
    {
        if (EntriesAdded == 0) return 0;
        if (Length == 0 && id <= LastId) return EntriesAdded;
        if (id >= LastId) return id == LastId ? EntriesAdded : ConsumerGroup.UnknownRead;

        bool isWhole = MaxDeletedId.IsZero || MaxDeletedId < FirstId;
        if (isWhole && id < FirstId) return EntriesAdded - Length;
        if (isWhole && id == FirstId) return EntriesAdded - Length + 1;
        return ConsumerGroup.UnknownRead;
    }

    /// <summary>How many entries the group has not read yet; false when nobody can say.</summary>
    public bool TryGetLag(ConsumerGroup group, out long lag)
    {
        lag = 0;
        if (EntriesAdded == 0) return true;

        bool isKnown = group.EntriesRead != ConsumerGroup.UnknownRead && !HasGapsFrom(group.LastId);
        long read = isKnown ? group.EntriesRead : EstimateRead(group.LastId);
        lag = EntriesAdded - read;
        return isKnown || read != ConsumerGroup.UnknownRead;
    }

    /// <summary>The group goes on to this entry, which is the next one that it reads.</summary>
    public void Advance(ConsumerGroup group, StreamId id)
    {
        if (group.EntriesRead != ConsumerGroup.UnknownRead && !HasGapsFrom(id)) group.EntriesRead++;
        else if (EntriesAdded != 0) group.EntriesRead = EstimateRead(id);      // it may have wrapped, as XSETID lets it
        group.LastId = id;
    }

    /// <summary>Null when there is one of that name.</summary>
    public ConsumerGroup? AddGroup(ReadOnlySpan<byte> name, StreamId lastId, long entriesRead)
    {
        if (Groups.Find(name) != null) return null;
        var group = new ConsumerGroup(name.ToArray(), store) { LastId = lastId, EntriesRead = entriesRead };
        Groups.Add(group.Name, group);
        return group;
    }

    public void RemoveGroup(ConsumerGroup group)
    {
        Groups.Remove(group.Name);
        int budget = int.MaxValue;
        while (group.FreeSome(ref budget)) budget = int.MaxValue;
    }

    /// <summary>For who makes a stream of what lies elsewhere: a node with a greater ID than those before. Its bytes have been checked.</summary>
    public void AddNode(StreamId id, ReadOnlySpan<byte> listpack)
    {
        Own(StreamNode.Create(_memory, listpack), id);
        Length += new NodeHead(listpack).Count;
    }

    public StreamNode NodeAt(IdMap.Position position) => new((byte*)Nodes[position]);

    public override LargeValue Copy()
    {
        var copy = new StreamValue(store);
        for (IdMap.Position position = Nodes.First; Nodes.IsValid(position); position = Nodes.Next(position))
        {
            copy.AddNode(Nodes.IdAt(position), NodeAt(position).Bytes);
        }

        copy.LastId = LastId;
        copy._isDisordered = _isDisordered;
        copy.FirstId = FirstId;
        copy.MaxDeletedId = MaxDeletedId;
        copy.EntriesAdded = EntriesAdded;
        foreach (ConsumerGroup group in Groups.InOrder) group.CopyTo(copy.AddGroup(group.Name, group.LastId, group.EntriesRead)!);
        return copy;
    }

    public override bool FreeSome(ref int budget)
    {
        foreach (ConsumerGroup group in Groups.InOrder)
        {
            if (budget <= 0 || group.FreeSome(ref budget)) return true;
        }

        while (budget > 0 && Nodes.TryTakeLast(out void* block))
        {
            new StreamNode((byte*)block).Free(_memory);
            budget--;
        }

        return Nodes.Count > 0;
    }

    private void BeginNode(StreamId id, Arguments request, int firstField)
    {
        int fields = (request.Count - firstField) / 2;
        int bytes = Listpack.EmptyBytes + Listpack.SizeOf(1L) + Listpack.SizeOf(0L) + Listpack.SizeOf((long)fields) + Listpack.SizeOf(0L);
        for (int i = firstField; i < request.Count; i += 2) bytes += Listpack.SizeOf(request[i]);

        StreamNode node = StreamNode.Create(_memory, bytes + EntryBytes(default, request, firstField, hasOwnFields: false));
        Span<byte> listpack = node.Room;
        Listpack.WriteEmpty(listpack);
        int at = Listpack.Insert(listpack, Listpack.HeaderBytes, 1);
        at = Listpack.Insert(listpack, at, 0);
        at = Listpack.Insert(listpack, at, fields);
        for (int i = firstField; i < request.Count; i += 2) at = Listpack.Insert(listpack, at, request[i]);
        Listpack.Insert(listpack, at, 0);
        Own(node, id);
    }

    private void AppendEntry(IdMap.Position position, StreamId difference, Arguments request, int firstField, bool hasOwnFields, long maxNodeBytes)
    {
        // One byte more, should the count of entries need it.
        StreamNode node = NodeAt(position);
        int used = node.Bytes.Length;
        int needed = used + EntryBytes(difference, request, firstField, hasOwnFields) + 1;
        if (needed > node.Room.Length) node = MoveNode(position, (int)Math.Max(needed, Math.Min(needed * 2L, maxNodeBytes)));

        int fields = (request.Count - firstField) / 2;
        Span<byte> listpack = node.Room;
        int at = Listpack.Insert(listpack, used - 1, hasOwnFields ? 0 : StreamNode.SameFieldsFlag);
        at = Listpack.Insert(listpack, at, (long)difference.Milliseconds);
        at = Listpack.Insert(listpack, at, (long)difference.Sequence);
        if (hasOwnFields) at = Listpack.Insert(listpack, at, fields);
        for (int i = hasOwnFields ? firstField : firstField + 1; i < request.Count; i += hasOwnFields ? 1 : 2) at = Listpack.Insert(listpack, at, request[i]);
        Listpack.Insert(listpack, at, ElementsOf(fields, hasOwnFields));
    }

    private static int EntryBytes(StreamId difference, Arguments request, int firstField, bool hasOwnFields)
    {
        int fields = (request.Count - firstField) / 2;
        int bytes = Listpack.SizeOf(0L) + Listpack.SizeOf((long)difference.Milliseconds) + Listpack.SizeOf((long)difference.Sequence);
        if (hasOwnFields) bytes += Listpack.SizeOf((long)fields);
        for (int i = hasOwnFields ? firstField : firstField + 1; i < request.Count; i += hasOwnFields ? 1 : 2) bytes += Listpack.SizeOf(request[i]);
        return bytes + Listpack.SizeOf(ElementsOf(fields, hasOwnFields));
    }

    private static long ElementsOf(int fields, bool hasOwnFields) => StreamNode.FixedElements + (hasOwnFields ? (2L * fields) + 1 : fields);

    private static bool HasSameFields(ReadOnlySpan<byte> listpack, in NodeHead head, Arguments request, int firstField)
    {
        if ((request.Count - firstField) / 2 != head.FieldCount) return false;
        int at = head.FirstFieldAt;
        for (int i = firstField; i < request.Count; i += 2)
        {
            if (!Listpack.Read(listpack, at).TextEquals(request[i])) return false;
            at = Listpack.Next(listpack, at);
        }

        return true;
    }

    /// <summary>Marks entries as deleted, from the node's first on, as far as it has to be.</summary>
    private long TrimNode(IdMap.Position position, in StreamTrim trim)
    {
        long count = 0;
        StreamNode node = Reserve(position, NodeAt(position).Bytes.Length + 1);
        var cursor = new NodeCursor(node.Bytes, Nodes.IdAt(position));
        NodeHead head = cursor.Head;
        while (cursor.MoveNext())
        {
            if (trim.By == TrimBy.MaxLength ? Length - count <= trim.MaxLength : cursor.Id >= trim.MinId) break;
            if (MarkDeleted(node, cursor.EntryAt)) count++;
        }

        node.CountAsDeleted(head, count);
        Length -= count;
        return count;
    }

    /// <summary>False when it was marked already. The size of nothing changes.</summary>
    private static bool MarkDeleted(StreamNode node, int entryAt)
    {
        long flags = Listpack.Read(node.Bytes, entryAt).Integer;
        if ((flags & StreamNode.DeletedFlag) != 0) return false;
        node.SetNumber(entryAt, flags | StreamNode.DeletedFlag);
        return true;
    }

    private StreamId LastIdOf(IdMap.Position position)
    {
        var cursor = new NodeCursor(NodeAt(position).Bytes, Nodes.IdAt(position), isBackwards: true);
        return cursor.MoveNext() ? cursor.Id : Nodes.IdAt(position);
    }

    private long CountOneByOne(StreamId from, StreamId to, long enough, bool isBackwards)
    {
        long count = 0;
        var cursor = new StreamCursor(this, from, to, isBackwards);
        while (count < enough && cursor.MoveNext()) count++;
        return count;
    }

    private void Own(StreamNode node, StreamId id)
    {
        // Where XSETID has gone back, a node of that ID may be there: it is full and done with.
        IdMap.Position position = Nodes.SeekAtLeast(id);
        if (Nodes.IsValid(position) && Nodes.IdAt(position) == id)
        {
            Holder?.BeforeNode(id, NodeAt(position));
            Length -= new NodeHead(NodeAt(position).Bytes).Count;
            RemoveNode(position);
        }

        Nodes.TryAdd(id, node.Block);
        _nodeBytes += node.BlockBytes;
    }

    /// <summary>The node with room for so long a listpack.</summary>
    private StreamNode Reserve(IdMap.Position position, int listpackBytes)
    {
        StreamNode node = NodeAt(position);
        return listpackBytes <= node.Room.Length ? node : MoveNode(position, listpackBytes);
    }

    /// <summary>Moves the node to a block that just holds so long a listpack, unless it lies in such a one.</summary>
    private StreamNode MoveNode(IdMap.Position position, int listpackBytes)
    {
        StreamNode node = NodeAt(position);
        if (node.BlockBytes == StreamNode.BlockBytesFor(listpackBytes)) return node;

        StreamNode moved = StreamNode.Create(_memory, listpackBytes);
        node.Bytes.CopyTo(moved.Room);
        _nodeBytes += moved.BlockBytes - node.BlockBytes;
        node.Free(_memory);
        Nodes[position] = moved.Block;
        return moved;
    }

    private void RemoveNode(IdMap.Position position)
    {
        StreamNode node = NodeAt(position);
        _nodeBytes -= node.BlockBytes;
        node.Free(_memory);
        Nodes.RemoveAt(position);
    }
}
