using System.Buffers;
using Keyway.Protocol;

namespace Keyway.Shard.PubSub;

/// <summary>A message as subscribers get it, written once for all of them. In RESP3 it differs by its first byte alone.</summary>
internal sealed class MessageFrame
{
    private const int KeptBytes = 64 * 1024;

    private ArrayBufferWriter<byte> _bytes = new(256);

    /// <summary>Without the first byte, which says whether it is an array or a push.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.WrittenSpan;

    public void Write(ReadOnlySpan<byte> word, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        Clear();
        _bytes.Write("3\r\n"u8);
        Add(word);
        Add(channel);
        Add(message);
    }

    public void Write(ReadOnlySpan<byte> word, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        Clear();
        _bytes.Write("4\r\n"u8);
        Add(word);
        Add(pattern);
        Add(channel);
        Add(message);
    }

    private void Clear()
    {
        if (_bytes.Capacity <= KeptBytes) _bytes.ResetWrittenCount();
        else _bytes = new ArrayBufferWriter<byte>(256);
    }

    private void Add(ReadOnlySpan<byte> bulk)
    {
        Span<byte> header = stackalloc byte[RespNumber.MaxLongLength + 3];
        header[0] = (byte)'$';
        int length = 1 + RespNumber.FormatLong(header[1..], bulk.Length);
        header[length] = (byte)'\r';
        header[length + 1] = (byte)'\n';
        _bytes.Write(header[..(length + 2)]);
        _bytes.Write(bulk);
        _bytes.Write("\r\n"u8);
    }
}
