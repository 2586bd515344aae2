using Keyway.Protocol;

namespace Keyway.Shard.Rdb;

/// <summary>Gathers what is written for a reply.</summary>
internal sealed class ReplySink(BufferPool pool) : IRdbSink
{
    public ReplyBuffer Written { get; } = new(pool);

    public void Write(ReadOnlySpan<byte> bytes) => Written.Append(bytes);
}
