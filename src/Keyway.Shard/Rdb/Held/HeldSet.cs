using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Rdb.Held;

internal sealed unsafe class HeldSet(EntryHead head, HeldShare share, LargeSet set) : HeldTable<MemberBlock>(head, share, set)
{
    protected override void WriteElement(RdbWriter writer, byte* block) => writer.WriteString(MemberBlock.KeyOf(block));
}
