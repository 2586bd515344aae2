using System.Globalization;
using System.Text;
using Keyway.Testing;

namespace Keyway.Benchmarks.Checks.Fuzz;

/// <summary>
/// Inputs that reach beyond the parser: real command names with arguments that nearly make sense, and streams that nearly are RESP.
/// Everything follows from the seed.
/// </summary>
internal sealed class FuzzRequests(int seed, IReadOnlyList<string> commands)
{
    // These do what they say, and the rest of the run would test nothing.
    private static readonly string[] Harmful =
    [
        "SHUTDOWN", "DEBUG", "CONFIG", "ACL", "REPLICAOF", "SLAVEOF", "FAILOVER", "CLIENT", "MODULE", "SYNC", "PSYNC", "MIGRATE", "CLUSTER",
        "SAVE", "BGSAVE", "BGREWRITEAOF", "MONITOR", "WAIT",
    ];

    private static readonly string[] Words =
    [
        "a:1", "a:2", "b:1", "b:2", "k", "{t}1", "{t}2", "{}", "", "0", "1", "-1", "2", "10", "3.5", "+inf", "-inf", "nan", "0x10", " 1", "01",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1e400", "EX", "PX", "EXAT", "NX", "XX",
        "GT", "LT", "CH", "GET", "KEEPTTL", "PERSIST", "COUNT", "MATCH", "*", "[a-", "\\", "TYPE", "string", "LIMIT", "STORE", "BY", "WITHSCORES",
        "REPLACE", "ABSTTL", "IDLETIME", "FREQ", "ASYNC", "SYNC", "LEFT", "RIGHT", "AND", "NOT", "u8", "i64", "#1", "HELP", "LIST", "INFO",
        "DOCS", "GETKEYS", "GETKEYSANDFLAGS", "SLOT", "KEYS", "SET", "MGET", "\r\n", "\0", "+OK\r\n", "$-1\r\n",
    ];

    private readonly Random _random = new(seed);
    private readonly RespFuzz _streams = new(unchecked((seed * 7) + 1));
    private readonly string[] _commands = [.. commands.Select(name => name.ToUpperInvariant()).Where(name => !Harmful.Contains(name))];

    public byte[] Next()
    {
        byte[] stream = _random.Next(3) == 0 ? _streams.NextRequests() : Commands();
        return _random.Next(3) == 0 ? _streams.Mutate(stream) : stream;
    }

    public int[] NextCuts(int length) => _streams.NextCuts(length);

    private byte[] Commands()
    {
        using var stream = new MemoryStream();
        int count = _random.Next(1, 4);
        for (int i = 0; i < count; i++) WriteCommand(stream);
        return stream.ToArray();
    }

    private void WriteCommand(MemoryStream stream)
    {
        int arguments = _random.Next(8) == 0 ? _random.Next(0, 30) : _random.Next(0, 5);
        Write(stream, string.Create(CultureInfo.InvariantCulture, $"*{arguments + 1}\r\n"));
        string name = _commands[_random.Next(_commands.Length)];
        WriteBulk(stream, _random.Next(4) == 0 ? name.ToLowerInvariant() : name);
        for (int i = 0; i < arguments; i++) WriteBulk(stream, NextArgument());
    }

    private string NextArgument()
    {
        if (_random.Next(6) > 0) return Words[_random.Next(Words.Length)];
        byte[] bytes = new byte[_random.Next(20) == 0 ? _random.Next(100_000) : _random.Next(40)];
        _random.NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private static void WriteBulk(MemoryStream stream, string content) =>
        Write(stream, string.Create(CultureInfo.InvariantCulture, $"${content.Length}\r\n{content}\r\n"));

    private static void Write(MemoryStream stream, string text) => stream.Write(Encoding.Latin1.GetBytes(text));
}
