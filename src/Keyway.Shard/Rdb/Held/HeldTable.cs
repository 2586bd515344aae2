using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Rdb.Held;

/// <summary>
/// A hash or a set. Its table is scanned; an element that is about to change while the scan has not met it yet is written first, and remembered by its name,
/// so that the scan passes it over, as it does elements that came later.
/// </summary>
internal abstract unsafe class HeldTable<TBlock> : HeldValue
    where TBlock : struct, IElementBlock
{
    private readonly LargeValue _value;
    private readonly BlockTable<TBlock> _table;
    private readonly long _count;
    private LargeSet? _known;
    private ulong _cursor;
    private bool _isScanned;

    protected HeldTable(EntryHead head, HeldShare share, TableValue<TBlock> value)
        : base(head, share)
    {
        _value = value;
        _table = value.Elements;
        _count = value.Count;
        value.Holder = this;
    }

    public override void BeforeElement(ReadOnlySpan<byte> name, ulong hash, byte* block)
    {
        if (_isScanned || BlockTable<TBlock>.ScanOrder(hash) < BlockTable<TBlock>.ScanOrder(_cursor)) return;

        _known ??= new LargeSet(Share.Values);
        if (_known.Find(name, out ulong sameHash) != null) return;
        _known.Insert(name, sameHash);
        if (block == null) return;
        WriteElement(BeginEarly(), block);
        EndEarly();
    }

    protected abstract void WriteElement(RdbWriter writer, byte* block);

    protected override void WriteCount(RdbWriter writer) => writer.WriteLength(_count);

    protected override bool WriteNext(RdbWriter writer)
    {
        if (_isScanned) return false;

        // Where the table has shrunk meanwhile, the scan meets again what it has met.
        ulong from = BlockTable<TBlock>.ScanOrder(_cursor);
        BlockList found = Share.Found;
        found.Clear();
        _cursor = _table.Scan(_cursor, found);
        _isScanned = _cursor == 0;
        for (int i = 0; i < found.Count; i++)
        {
            byte* block = found[i];
            ReadOnlySpan<byte> name = TBlock.KeyOf(block);
            ulong hash = Share.Values.Hash.Of(name);
            if (BlockTable<TBlock>.ScanOrder(hash) < from) continue;
            if (_known == null || _known.Elements.Find(name, hash) == null) WriteElement(writer, block);
        }

        return true;
    }

    protected override void LetGo()
    {
        _isScanned = true;
        if (_known != null) Share.Values.Drop(_known);
        _known = null;
        LetGo(_value);
    }
}
