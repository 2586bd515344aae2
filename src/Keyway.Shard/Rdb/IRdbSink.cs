namespace Keyway.Shard.Rdb;

/// <summary>Where a written dump or file goes, piece by piece: a reply, a disk, a socket.</summary>
internal interface IRdbSink
{
    /// <summary>The bytes are lent for the call.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}
