using System.Diagnostics;

namespace Keyway.Shard.Keyspace.Snapshots;

/// <summary>
/// An image of all databases at one instant, written while they change. The tables of that instant are walked a slice at a time; an entry that is about
/// to change or to go is written before it does. Entries carry a mark: those that the snapshot has, and those that came after its instant, bear the
/// <see cref="Databases.SnapshotMark"/> of this snapshot, the others still the one of the snapshot before. So a walk that is given up must still be
/// walked to its end, without writing.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private const int EntriesPerSlice = 512;
    private const int EntriesPerSliceWithoutWriting = 8192;

    private readonly Databases _databases;
    private readonly ISnapshotWriter _writer;
    private readonly Part[] _parts;
    private readonly BlockList _found = new();
    private int _current;
    private ulong _cursor;
    private bool _hasBegun;

    public Snapshot(Databases databases, ISnapshotWriter writer)
    {
        _databases = databases;
        _writer = writer;
        _parts = new Part[databases.Count];
        for (int i = 0; i < _parts.Length; i++) _parts[i] = new Part(databases[i].Table, databases[i].Count, databases[i].VolatileCount);
        Total = databases.TotalKeys;
    }

    /// <summary>Nothing is written any more; see <see cref="GiveUp"/>.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Entries written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Entries at the instant.</summary>
    public long Total { get; }

    /// <summary>Goes on with the walk until about so many bytes have been written.</summary>
    /// <returns>False when it has come to its end: the writer has all.</returns>
    public bool Walk(int bytes)
    {
        long end = _writer.WrittenBytes + bytes;
        int entries = IsGivenUp ? EntriesPerSliceWithoutWriting : EntriesPerSlice;
        while (_current < _parts.Length || _writer.HasUnfinished)
        {
            if (entries <= 0 || (!IsGivenUp && (_writer.IsFull || _writer.WrittenBytes >= end))) return true;

            if (_writer.HasUnfinished)
            {
                _writer.Continue((int)(end - _writer.WrittenBytes));
                continue;
            }

            if (_parts[_current].Table.Count == 0 && _cursor == 0)
            {
                EndPart();
                continue;
            }

            if (!_hasBegun && !IsGivenUp) _writer.BeginDatabase(_current, _parts[_current].Keys, _parts[_current].KeysWithExpiry);
            _hasBegun = true;
            entries -= VisitBuckets();
            if (_cursor == 0) EndPart();
        }

        if (!IsGivenUp) _writer.Complete();
        _databases.EndSnapshot();
        return false;
    }

    /// <summary>An entry is about to change or to go.</summary>
    public void OnChanging(Database database, Entry entry)
    {
        if (entry.Mark == _databases.SnapshotMark) return;

        // The database may have another number than at the instant; its table tells.
        int part = 0;
        while (_parts[part].Table != database.Table) part++;
        Take(part, entry);
    }

    /// <summary>A database is about to drop this table. True when the walk has not passed it yet: it will then be released when it has.</summary>
    public bool TryKeep(BlockTable<EntryBlock> table)
    {
        for (int i = _current; i < _parts.Length; i++)
        {
            if (_parts[i].Table != table) continue;
            _parts[i].IsDropped = true;
            return true;
        }

        return false;
    }

    /// <summary>Writes nothing more. The walk goes on to its end, so that all entries bear one mark.</summary>
    public void GiveUp()
    {
        if (IsGivenUp) return;
        IsGivenUp = true;
        _writer.Abandon();
    }

    /// <summary>The server ends: tables that only the walk still holds go with it.</summary>
    public void Dispose()
    {
        for (int i = _current; i < _parts.Length; i++)
        {
            if (_parts[i].IsDropped) _parts[i].Table.Dispose();
        }

        GiveUp();
        _databases.EndSnapshot();
    }

    private int VisitBuckets()
    {
        // A dropped table grows no more, but one in use may be growing: the cursor is good for that.
        _found.Clear();
        _cursor = _parts[_current].Table.Scan(_cursor, _found);
        for (int i = 0; i < _found.Count; i++)
        {
            Entry entry = _found.EntryAt(i);
            if (entry.Mark != _databases.SnapshotMark) Take(_current, entry);
        }

        return 1 + _found.Count;
    }

    private void Take(int part, Entry entry)
    {
        entry.Mark = _databases.SnapshotMark;
        if (IsGivenUp) return;
        _writer.Write(part, entry);
        Written++;
    }

    private void EndPart()
    {
        Debug.Assert(_cursor == 0);
        if (_parts[_current].IsDropped) _databases.ReleaseLater(_parts[_current].Table);
        _current++;
        _hasBegun = false;
    }

    /// <summary>One database as it was.</summary>
    private struct Part(BlockTable<EntryBlock> table, long keys, long keysWithExpiry)
    {
        public readonly BlockTable<EntryBlock> Table = table;
        public readonly long Keys = keys;
        public readonly long KeysWithExpiry = keysWithExpiry;
        public bool IsDropped;
    }
}
