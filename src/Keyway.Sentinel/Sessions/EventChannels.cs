using System.Buffers;
using System.Globalization;
using System.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Sentinel.Sessions;

/// <summary>Who listens to which events. An event is a message on the channel of its own name.</summary>
internal sealed class EventChannels
{
    // Clients in the order in which they subscribed, which is the order in which they hear.
    private readonly Dictionary<byte[], List<SentinelClient>> _byChannel = new(ByteArrayComparer.Instance);
    private readonly Dictionary<byte[], List<SentinelClient>> _byPattern = new(ByteArrayComparer.Instance);
    private readonly ArrayBufferWriter<byte> _frame = new(256);

    public int ChannelCount => _byChannel.Count;

    public int PatternCount => _byPattern.Count;

    public void Subscribe(SentinelClient client, ReadOnlySpan<byte> channel) => Add(_byChannel, client.Channels, client, channel.ToArray());

    public void SubscribePattern(SentinelClient client, ReadOnlySpan<byte> pattern) => Add(_byPattern, client.Patterns, client, pattern.ToArray());

    public void Unsubscribe(SentinelClient client, ReadOnlySpan<byte> channel) => Remove(_byChannel, client.Channels, client, channel.ToArray());

    public void UnsubscribePattern(SentinelClient client, ReadOnlySpan<byte> pattern) => Remove(_byPattern, client.Patterns, client, pattern.ToArray());

    /// <summary>Ends all subscriptions without a word.</summary>
    public void Forget(SentinelClient client)
    {
        foreach (byte[] channel in client.Channels.ToArray()) Remove(_byChannel, client.Channels, client, channel);
        foreach (byte[] pattern in client.Patterns.ToArray()) Remove(_byPattern, client.Patterns, client, pattern);
    }

    /// <summary>Tells all who listen to this event or to a pattern that it matches.</summary>
    public void Publish(string channel, string message)
    {
        if (_byChannel.Count == 0 && _byPattern.Count == 0) return;
        byte[] name = Encoding.UTF8.GetBytes(channel);
        byte[] text = Encoding.UTF8.GetBytes(message);
        if (_byChannel.TryGetValue(name, out List<SentinelClient>? listeners))
        {
            WriteFrame("message"u8, name, text);
            Deliver(listeners);
        }

        foreach ((byte[] pattern, List<SentinelClient> matching) in _byPattern)
        {
            if (!GlobPattern.Matches(pattern, name)) continue;
            WriteFrame("pmessage"u8, pattern, name, text);
            Deliver(matching);
        }
    }

    private void Deliver(List<SentinelClient> listeners)
    {
        // Who is closed for what it does not read leaves later, at the end of the turn.
        foreach (SentinelClient client in listeners) client.Push(_frame.WrittenSpan);
    }

    private static void Add(Dictionary<byte[], List<SentinelClient>> byName, HashSet<byte[]> own, SentinelClient client, byte[] name)
    {
        if (!own.Add(name)) return;
        if (!byName.TryGetValue(name, out List<SentinelClient>? listeners)) byName[name] = listeners = [];
        listeners.Add(client);
    }

    private static void Remove(Dictionary<byte[], List<SentinelClient>> byName, HashSet<byte[]> own, SentinelClient client, byte[] name)
    {
        if (!own.Remove(name)) return;
        List<SentinelClient> listeners = byName[name];
        listeners.Remove(client);
        if (listeners.Count == 0) byName.Remove(name);
    }

    // Without the first byte, which says whether it is an array or a push.
    private void WriteFrame(ReadOnlySpan<byte> word, params ReadOnlySpan<byte[]> parts)
    {
        _frame.ResetWrittenCount();
        _frame.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{parts.Length + 1}\r\n")));
        WriteBulk(word);
        foreach (byte[] part in parts) WriteBulk(part);
    }

    private void WriteBulk(ReadOnlySpan<byte> bulk)
    {
        _frame.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${bulk.Length}\r\n")));
        _frame.Write(bulk);
        _frame.Write("\r\n"u8);
    }
}
