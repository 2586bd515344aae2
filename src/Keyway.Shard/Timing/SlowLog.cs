using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;

namespace Keyway.Shard.Timing;

/// <summary>The latest calls that took longer than slowlog-log-slower-than, newest first.</summary>
internal sealed class SlowLog
{
    private const int MaxArguments = 32;
    private const int MaxArgumentBytes = 128;

    private readonly LinkedList<SlowLogEntry> _entries = new();
    private long _nextId;

    public int Count => _entries.Count;

    public IEnumerable<SlowLogEntry> Entries => _entries;

    public void Add(ClientSession client, Command command, Arguments arguments, long microseconds, long nowMs, long maxLength)
    {
        _entries.AddFirst(new SlowLogEntry(_nextId++, nowMs / 1000, microseconds, Cut(command, arguments), client.Address, client.Name));
        Trim(maxLength);
    }

    public void Trim(long maxLength)
    {
        while (_entries.Count > maxLength) _entries.RemoveLast();
    }

    public void Clear() => _entries.Clear();

    private static byte[][] Cut(Command command, Arguments arguments)
    {
        var cut = new byte[Math.Min(arguments.Count, MaxArguments)][];
        for (int i = 0; i < cut.Length; i++)
        {
            ReadOnlySpan<byte> argument = Redaction.Hides(command, arguments, i) ? Redaction.Placeholder : arguments[i];
            bool standsForRest = i == MaxArguments - 1 && arguments.Count > MaxArguments;
            if (standsForRest) cut[i] = Encoding.ASCII.GetBytes($"... ({arguments.Count - MaxArguments + 1} more arguments)");
            else if (argument.Length <= MaxArgumentBytes) cut[i] = argument.ToArray();
            else cut[i] = [.. argument[..MaxArgumentBytes], .. Encoding.ASCII.GetBytes($"... ({argument.Length - MaxArgumentBytes} more bytes)")];
        }

        return cut;
    }
}
