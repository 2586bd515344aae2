using System.Text;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Rehearsals;

/// <summary>Plays a client: says its lines one by one, each when the last has been answered in full.</summary>
internal sealed class RehearsalClient(Action whenDone) : ConnectionHandler
{
    private static readonly (byte[] Requests, int Replies)[] Lines = [.. Script()];

    private ReplyScanner _scanner;
    private int _line = -1;
    private int _sent;
    private int _missing;

    public override void OnConnected() => SayNext();

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_scanner.Scan(bytes, out int consumed) == ReplyStatus.Error)
            {
                Connection.Abort();
                return;
            }
            bytes = bytes[consumed..];
            if (!_scanner.InReply) _missing--;
        }
        if (_missing <= 0) SayNext();
    }

    public override void OnWritable() => _sent += Connection.Send(Lines[_line].Requests.AsSpan(_sent));

    public override void OnClosed(Exception? error) => whenDone();

    private void SayNext()
    {
        if (++_line == Lines.Length)
        {
            Connection.Close();
            return;
        }
        _missing = Lines[_line].Replies;
        _sent = 0;
        OnWritable();
    }

    // What clients say when they connect, single requests and pipelines, what is split, fanned out, streamed and refused.
    private static IEnumerable<(byte[] Requests, int Replies)> Script()
    {
        yield return Line("HELLO 3", "CLIENT SETNAME rehearsal", "CLIENT SETINFO lib-name rehearsal", "CLIENT ID", "SELECT 1", "GET a", "HELLO 2", "SELECT 0", "PING");
        for (int i = 0; i < 4; i++)
        {
            yield return Line($"GET key:{i}");
            yield return Line($"SET key:{i} value");
        }
        string[] pipeline = [.. Enumerable.Range(0, 48).Select(i => (i % 3) switch { 0 => $"SET key:{i} value", 1 => $"GET key:{i}", _ => $"INCR key:{i}" })];
        for (int i = 0; i < 4; i++) yield return Line(pipeline);
        yield return Line("MGET a b c d e f g h i j", "MSET a 1 b 2 c 3", "DEL a b c", "MGET a b c", "DBSIZE", "LPUSH a x", "GET {a}b", "EXPIRE a 10");
        yield return Line("NOSUCH x", "GET", "SUNION a b", "CONFIG GET maxmemory", "INFO", "COMMAND COUNT", "ECHO x", "CLIENT LIST");
        yield return ("PING\r\nGET a\r\n"u8.ToArray(), 2);
        yield return Line("SET large " + new string('x', 300_000));
        yield return Line("GET large", "GET a");
        yield return Line("SET refused x", "GET user:1", "GET user:1000", "GET user:x");
        yield return Line("GET silent:key", "GET a", "GET falling:down", "MGET falling:a a b", "GET a");
        yield return Line("GET falling:a", "MGET falling:a a b", "GET silent:a", "GET a");
    }

    private static (byte[] Requests, int Replies) Line(params string[] requests)
    {
        var text = new StringBuilder();
        foreach (string request in requests)
        {
            string[] words = request.Split(' ');
            text.Append('*').Append(words.Length).Append("\r\n");
            foreach (string word in words) text.Append('$').Append(word.Length).Append("\r\n").Append(word).Append("\r\n");
        }
        return (Encoding.ASCII.GetBytes(text.ToString()), requests.Length);
    }
}
