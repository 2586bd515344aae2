using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Rdb.Held;

internal sealed unsafe class HeldHash(EntryHead head, HeldShare share, LargeHash hash) : HeldTable<FieldBlock>(head, share, hash)
{
    protected override void WriteElement(RdbWriter writer, byte* block)
    {
        writer.WriteString(FieldBlock.KeyOf(block));
        writer.WriteString(FieldBlock.ValueOf(block));
    }
}
