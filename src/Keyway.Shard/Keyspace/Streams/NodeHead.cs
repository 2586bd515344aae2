using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>What a node's listpack begins with; see <see cref="StreamNode"/>.</summary>
internal readonly struct NodeHead
{
    public const int CountAt = Listpack.HeaderBytes;

    /// <summary>Entries that are not deleted.</summary>
    public readonly long Count;

    public readonly long Deleted;

    public readonly int DeletedAt;

    /// <summary>How many names of fields there are, and where the first one stands.</summary>
    public readonly int FieldCount;

    public readonly int FirstFieldAt;

    public NodeHead(ReadOnlySpan<byte> listpack)
    {
        Count = Listpack.Read(listpack, CountAt).Integer;
        DeletedAt = Listpack.Next(listpack, CountAt);
        Deleted = Listpack.Read(listpack, DeletedAt).Integer;
        int fieldCountAt = Listpack.Next(listpack, DeletedAt);
        FieldCount = (int)Listpack.Read(listpack, fieldCountAt).Integer;
        FirstFieldAt = Listpack.Next(listpack, fieldCountAt);
    }

    /// <summary>Where the first entry stands, deleted ones too; there may be none.</summary>
    public int FindFirstEntry(ReadOnlySpan<byte> listpack)
    {
        int at = FirstFieldAt;
        for (int i = 0; i < FieldCount; i++) at = Listpack.Next(listpack, at);
        return Listpack.Next(listpack, at);      // over the zero
    }
}
