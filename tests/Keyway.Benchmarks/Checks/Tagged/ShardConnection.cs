using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>
/// One connection to a faulty shard. GET k answers k (of some keys, with the database in which it was asked), MGET k… all of them, SET k v checks that v is nothing but k over and over: a request
/// that was mixed with another's, and a reply that goes astray, both show. Faults strike tagged replies, not handshakes and probes.
/// </summary>
internal sealed partial class ShardConnection(Socket socket, TagRun run, Random random, string runId, ShardChannels channels)
{
    public const int LargeBytes = 100 << 20;

    private readonly byte[] _input = new byte[128 * 1024];
    private readonly MemoryStream _output = new();
    private readonly List<byte[]> _arguments = [];
    private int _start;
    private int _end;

    // None of these can be the beginning of a reply, or cannot be the rest of one: whoever frames carefully must notice.
    private static readonly byte[][] Garbage =
    [
        "\0\0\0\0"u8.ToArray(), "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), "$12x\r\nabc\r\n"u8.ToArray(), "$-7\r\n"u8.ToArray(),
        "*99999999999999999999\r\n"u8.ToArray(), "$3\r\nabcdef\r\n"u8.ToArray(), "\r\n"u8.ToArray(), "$\r\n"u8.ToArray(), ":12\rx"u8.ToArray(),
    ];

    /// <summary>Serves until the gateway leaves or a fault ends the connection.</summary>
    public void Serve()
    {
        try
        {
            while (true)
            {
                ReadRequest();
                Answer();
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or ObjectDisposedException)
        {
            // The other side left, in the middle of a large value perhaps: that is allowed.
        }
        catch (InvalidDataException)
        {
            Interlocked.Increment(ref run.Tally.BadRequests);
        }
        finally
        {
            foreach (string channel in _listened) channels.Remove(channel, this);
            socket.Dispose();
        }
    }

    private void Answer()
    {
        string name = Encoding.ASCII.GetString(_arguments[0]).ToUpperInvariant();
        if (_queued is not null && name != "EXEC" && name != "DISCARD")
        {
            Queue(name);
            return;
        }
        switch (name)
        {
            case "GET" when IsKind("large:"u8): AnswerLarge(); break;
            case "GET" when IsKind("twice:"u8): AnswerTwice(); break;
            case "GET" or "MGET" or "SET": AnswerTag(ReplyTo(name)); break;
            case "SELECT": Write(ReplyTo(name)); break;
            case "MULTI": Begin(); break;
            case "EXEC": Execute(); break;
            case "DISCARD" or "UNWATCH": EndTransaction(); break;
            case "WATCH": AnswerTag("+OK\r\n"u8); break;
            case "BLPOP": AnswerBlocked(); break;
            case "SUBSCRIBE": Listen(subscribes: true); break;
            case "UNSUBSCRIBE": Listen(subscribes: false); break;
            case "PUBLISH": Publish(); break;
            case "PING": Write(_listened.Count > 0 ? "*2\r\n$4\r\npong\r\n$0\r\n\r\n"u8 : "+PONG\r\n"u8); break;
            case "EXISTS" or "DEL" or "DBSIZE": Write(":0\r\n"u8); break;
            case "HELLO": AnswerHello(); break;
            case "INFO": Write(Bulk(Info())); break;
            case "ROLE": Write("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"u8); break;
            case "COMMAND" or "CONFIG": Write("*0\r\n"u8); break;
            case "AUTH" or "CLIENT" or "READONLY" or "ASKING": Write("+OK\r\n"u8); break;
            default: Write("-ERR unknown command\r\n"u8); break;
        }
    }

    // The key begins with the shard's rule, "a:".
    private bool IsKind(ReadOnlySpan<byte> kind) => _arguments[1].AsSpan(2).StartsWith(kind);

    private void AnswerTag(ReadOnlySpan<byte> reply)
    {
        switch (run.Calm ? int.MaxValue : random.Next(40_000))
        {
            case < 8:
                Interlocked.Increment(ref run.Tally.Garbage);
                Write(Garbage[random.Next(Garbage.Length)]);
                Write(reply);   // and on it goes as if nothing had been: not a byte of it may be believed
                break;
            case < 16:
                Interlocked.Increment(ref run.Tally.Halves);
                Write(reply[..random.Next(1, reply.Length)]);
                Flush();
                if (random.Next(2) == 0) socket.LingerState = new LingerOption(true, 0);   // a reset
                throw new EndOfStreamException();
            case < 40:
                Interlocked.Increment(ref run.Tally.SingleBytes);
                Flush();
                for (int i = 0; i < reply.Length; i++) socket.Send(reply.Slice(i, 1));
                break;
            case < 80:
                Write(reply[..(reply.Length / 2)]);
                Flush();
                Thread.Sleep(1);
                Write(reply[(reply.Length / 2)..]);
                break;
            case < 81:
                Interlocked.Increment(ref run.Tally.Hangs);
                Flush();

                // From shorter than the gateway's patience to longer than that of the link itself, which is five times as much.
                Thread.Sleep(run.ShardTimeout * (random.Next(8) == 0 ? 6 : 0.5 + (random.NextDouble() * 2.5)));
                Write(reply);
                break;
            default:
                Write(reply);
                break;
        }
    }

    private void AnswerTwice()
    {
        Interlocked.Increment(ref run.Tally.Twice);
        byte[] reply = Bulk(_arguments[1]);
        Write(reply);
        Write(reply);
        Flush();
    }

    private void AnswerLarge()
    {
        byte[] key = _arguments[1];
        byte[] chunk = TagBytes.Repeat(key, 64 * 1024 / key.Length * key.Length);
        Write(Encoding.ASCII.GetBytes($"${LargeBytes}\r\n"));
        Flush();
        for (int left = LargeBytes; left > 0; left -= chunk.Length) SendAll(chunk.AsSpan(0, Math.Min(left, chunk.Length)));
        Write("\r\n"u8);
    }

    private void AnswerHello()
    {
        bool three = _arguments.Count > 1 && _arguments[1].AsSpan().SequenceEqual("3"u8);
        Write(three ? "%7\r\n"u8 : "*14\r\n"u8);
        Write("$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n"u8);
        Write(three ? ":3\r\n"u8 : ":2\r\n"u8);
        Write("$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"u8);
    }

    private byte[] Info() => Encoding.ASCII.GetBytes(
        $"# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:{runId}\r\n\r\n# Persistence\r\nloading:0\r\n\r\n"
        + $"# Replication\r\nrole:master\r\nconnected_slaves:0\r\nmaster_replid:{runId}\r\nmaster_replid2:{new string('0', 40)}\r\n"
        + "master_repl_offset:0\r\n\r\n# Keyspace\r\n");

    private static byte[] Bulk(ReadOnlySpan<byte> value) => [.. Encoding.ASCII.GetBytes($"${value.Length}\r\n"), .. value, .. "\r\n"u8];

    private byte[] Array()
    {
        var reply = new MemoryStream();
        reply.Write(Encoding.ASCII.GetBytes($"*{_arguments.Count - 1}\r\n"));
        for (int i = 1; i < _arguments.Count; i++) reply.Write(Bulk(_arguments[i]));
        return reply.ToArray();
    }

    // *3\r\n$3\r\nSET\r\n$5\r\na:tag\r\n$…
    private void ReadRequest()
    {
        _arguments.Clear();
        int count = ReadHeader((byte)'*');
        if (count is < 1 or > 10_000) throw new InvalidDataException();
        for (int i = 0; i < count; i++)
        {
            int length = ReadHeader((byte)'$');
            bool isValue = i == 2 && _arguments[0].AsSpan().SequenceEqual("SET"u8);
            if (isValue) CheckValue(length);
            else _arguments.Add(ReadArgument(length));
            if (ReadByte() != (byte)'\r' || ReadByte() != (byte)'\n') throw new InvalidDataException();
        }

        bool tagged = _arguments[0].AsSpan().SequenceEqual("GET"u8) || _arguments[0].AsSpan().SequenceEqual("MGET"u8);
        for (int i = 1; tagged && i < _arguments.Count; i++)
        {
            if (!TagBytes.IsTag(_arguments[i])) throw new InvalidDataException();
        }
    }

    private byte[] ReadArgument(int length)
    {
        if (length is < 0 or > 64 * 1024) throw new InvalidDataException();
        byte[] argument = new byte[length];
        for (int have = 0; have < length;)
        {
            ReadOnlySpan<byte> part = Available(length - have);
            part.CopyTo(argument.AsSpan(have));
            have += part.Length;
        }

        return argument;
    }

    // Compared as it comes: a hundred megabytes are not kept.
    private void CheckValue(int length)
    {
        byte[] key = _arguments[1];
        byte[] pattern = TagBytes.Repeat(key, (_input.Length / key.Length * key.Length) + key.Length);
        for (int have = 0; have < length;)
        {
            int phase = have % key.Length;
            ReadOnlySpan<byte> part = Available(Math.Min(length - have, pattern.Length - phase));
            if (!part.SequenceEqual(pattern.AsSpan(phase, part.Length))) throw new InvalidDataException();
            have += part.Length;
        }
    }

    private int ReadHeader(byte type)
    {
        if (ReadByte() != type) throw new InvalidDataException();
        Span<byte> digits = stackalloc byte[12];
        int length = 0;
        for (byte next = ReadByte(); next != (byte)'\r'; next = ReadByte())
        {
            if (length == digits.Length) throw new InvalidDataException();
            digits[length++] = next;
        }

        if (ReadByte() != (byte)'\n') throw new InvalidDataException();
        bool read = Utf8Parser.TryParse(digits[..length], out int value, out int consumed);
        return read && consumed == length ? value : throw new InvalidDataException();
    }

    private byte ReadByte() => Available(1)[0];

    /// <summary>At least one byte, at most so many. Before it waits it says all that it has to say.</summary>
    private ReadOnlySpan<byte> Available(int most)
    {
        if (_start == _end)
        {
            Flush();
            _start = 0;
            _end = socket.Receive(_input);
            if (_end == 0) throw new EndOfStreamException();
        }

        int count = Math.Min(most, _end - _start);
        _start += count;
        return _input.AsSpan(_start - count, count);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_output)
        {
            _output.Write(bytes);
            if (_output.Length > 64 * 1024) Flush();
        }
    }

    private void Flush()
    {
        lock (_output)
        {
            SendAll(_output.GetBuffer().AsSpan(0, (int)_output.Length));
            _output.SetLength(0);
        }
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }
}
