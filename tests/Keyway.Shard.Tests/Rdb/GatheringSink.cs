using System.Buffers;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

/// <summary>Keeps all that is written.</summary>
internal sealed class GatheringSink : IRdbSink
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}
