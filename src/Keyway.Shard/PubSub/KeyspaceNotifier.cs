using System.Buffers;
using System.Buffers.Text;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.PubSub;

/// <summary>Turns what happens to keys into messages, as far as notify-keyspace-events asks for them.</summary>
internal sealed class KeyspaceNotifier(MessageBroker messages) : IKeyEvents
{
    private const int KeptBytes = 64 * 1024;

    private ArrayBufferWriter<byte> _channel = new(256);

    /// <summary>Classes of events, and of channels, that somebody wants to hear of.</summary>
    public KeyspaceEvents Wanted { get; set; }

    public void OnEvent(KeyspaceEvents kind, ReadOnlySpan<byte> what, ReadOnlySpan<byte> key, int database)
    {
        if ((Wanted & kind) != 0) Send(what, key, database);
    }

    private void Send(ReadOnlySpan<byte> what, ReadOnlySpan<byte> key, int database)
    {
        // __keyspace@0__:key says what has happened, __keyevent@0__:event says to which key.
        if ((Wanted & KeyspaceEvents.Keyspace) != 0) messages.Publish(Name("__keyspace@"u8, database, key), what);
        if ((Wanted & KeyspaceEvents.Keyevent) != 0) messages.Publish(Name("__keyevent@"u8, database, what), key);
    }

    private ReadOnlySpan<byte> Name(ReadOnlySpan<byte> prefix, int database, ReadOnlySpan<byte> rest)
    {
        if (_channel.Capacity <= KeptBytes) _channel.ResetWrittenCount();
        else _channel = new ArrayBufferWriter<byte>(256);

        Span<byte> number = stackalloc byte[11];
        Utf8Formatter.TryFormat(database, number, out int digits);
        _channel.Write(prefix);
        _channel.Write(number[..digits]);
        _channel.Write("__:"u8);
        _channel.Write(rest);
        return _channel.WrittenSpan;
    }
}
