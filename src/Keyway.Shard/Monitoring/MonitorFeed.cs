using System.Buffers;
using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;

namespace Keyway.Shard.Monitoring;

/// <summary>Shows every command that is executed to the clients that have called MONITOR.</summary>
internal sealed class MonitorFeed(ShardServer server)
{
    private const int KeptBytes = 64 * 1024;

    private readonly List<ClientSession> _monitors = [];
    private ArrayBufferWriter<byte> _line = new(256);

    public bool IsOn => _monitors.Count > 0;

    public int Count => _monitors.Count;

    public void Add(ClientSession client)
    {
        client.IsMonitor = true;
        _monitors.Add(client);
    }

    public void Remove(ClientSession client)
    {
        if (!client.IsMonitor) return;
        client.IsMonitor = false;
        _monitors.Remove(client);
    }

    // +1700000000.123456 [0 127.0.0.1:5000] "set" "key" "value"
    public void Show(ClientSession client, Command command, Arguments arguments)
    {
        // Commands of administrators are nobody else's business.
        if (command.Is(CommandFlags.SkipMonitor) || command.Is(CommandFlags.Admin)) return;

        if (_line.Capacity <= KeptBytes) _line.ResetWrittenCount();
        else _line = new ArrayBufferWriter<byte>(256);

        long microseconds = (server.Loop.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        string source = client.IsUnix ? $"unix:{server.UnixPath}" : client.Address;
        string start = string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6} [{client.Database.Index} {source}]");
        _line.Write(Encoding.UTF8.GetBytes(start));
        for (int i = 0; i < arguments.Count; i++)
        {
            _line.Write(" "u8);
            QuotedText.Write(_line, Redaction.Hides(command, arguments, i) ? Redaction.Placeholder : arguments[i]);
        }

        _line.Write("\r\n"u8);
        foreach (ClientSession monitor in _monitors) monitor.PushLine("+"u8, _line.WrittenSpan);
    }
}
