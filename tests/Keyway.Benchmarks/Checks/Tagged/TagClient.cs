using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>A client that pipelines tagged requests and is not always polite: it stalls, dribbles, leaves in the middle.</summary>
internal sealed class TagClient
{
    private readonly int port;
    private readonly int number;
    private readonly TagRun run;
    private readonly Random _random;
    private readonly TagSequences _sequences;
    private readonly List<TagRequest> _batch = [];
    private readonly MemoryStream _bytes = new();
    private RespClient? _client;
    private long _sequence;
    private bool _resp3;

    public TagClient(int port, int number, TagRun run)
    {
        this.port = port;
        this.number = number;
        this.run = run;
        _random = new Random(unchecked((run.Seed * 31) + number));
        _sequences = new TagSequences(number, _random, NextKey);
    }

    public void Run()
    {
        while (!run.IsDone)
        {
            run.Quiet.EnterReadLock();
            bool backOff;
            try
            {
                backOff = Turn();
            }
            finally
            {
                run.Quiet.ExitReadLock();
            }

            // Who is told to try again does not ask again at once.
            if (backOff) Thread.Sleep(_random.Next(1, 6));
        }

        _client?.Dispose();
    }

    /// <returns>True when it was refused.</returns>
    private bool Turn()
    {
        int answered = 0;
        int abandoned = 0;
        bool refused = false;
        _batch.Clear();
        try
        {
            if (_client is null) Connect();
            if (run.TakeLargeValue())
            {
                new LargeValueTurn(_client!, number, _sequence++, _random, run).Run(ref _client);
                return false;
            }

            Fill();
            int leave = run.Calm ? -1 : _random.Next(200);
            if (leave == 0)
            {
                abandoned = _batch.Count;
                Leave(_random.Next((int)_bytes.Length));
                return false;
            }

            SendBatch();
            int read = leave == 1 ? _random.Next(_batch.Count) : _batch.Count;
            for (; answered < read; answered++) refused |= Answered(_batch[answered]);
            if (leave == 1)
            {
                abandoned = _batch.Count - answered;
                Disconnect();
            }
            else if (_client!.Buffered > 0 || _client.Socket.Available > 0)
            {
                run.Tally.CountForeign("silence", "a reply too many");
                Disconnect();
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            Interlocked.Add(ref run.Tally.Silent, Math.Max(1, _batch.Count - answered));
            Disconnect();
        }
        catch (Exception e) when (e is EndOfStreamException or SocketException)
        {
            refused = _client is null;   // not even connected
            Closed(answered);
        }
        catch (IOException e)
        {
            run.Tally.CountForeign(answered < _batch.Count ? Encoding.ASCII.GetString(_batch[answered].Reply) : "nothing", e.Message);
            Disconnect();
        }
        finally
        {
            Interlocked.Add(ref run.Tally.Abandoned, abandoned);
        }

        return refused;
    }

    private void Connect()
    {
        _client = new RespClient(port);
        _resp3 = run.HasSessions && _random.Next(2) == 0;
        if (_resp3) _client.Call("HELLO", "3");
    }

    private void Fill()
    {
        _bytes.SetLength(0);
        int count = _random.Next(4) == 0 ? 1 : _random.Next(1, 65);
        for (int i = 0; i < count; i++)
        {
            if (run.HasSessions && _random.Next(16) == 0)
            {
                int before = _batch.Count;
                _sequences.AddTo(_batch, _resp3);
                for (; before < _batch.Count; before++) _bytes.Write(_batch[before].Bytes);
                continue;
            }
            TagRequest request = _random.Next(100) switch
            {
                < 85 => Get(),
                < 93 => MGet(_random.Next(2, 7)),
                < 99 => Set(_random.Next(1, 2_000)),
                _ => Set(_random.Next(20_000, 200_000)),   // around the size from which a request takes a private link
            };
            _batch.Add(request);
            _bytes.Write(request.Bytes);
        }
    }

    private void SendBatch()
    {
        ReadOnlySpan<byte> bytes = _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        int pause = run.Calm ? -1 : _random.Next(1_000);
        if (pause is >= 0 and < 30)
        {
            int cut = _random.Next(bytes.Length);
            _client!.Send(bytes[..cut]);
            Interlocked.Increment(ref run.Tally.Stalls);

            // Rarely longer than a shard may be silent: the client's own silence must not be taken for the shard's.
            Thread.Sleep(pause == 0 ? run.ShardTimeout * 1.5 : TimeSpan.FromMilliseconds(_random.Next(1, 15)));
            bytes = bytes[cut..];
        }

        // What is larger than the sockets' buffers needs somebody who reads while it is sent.
        if (bytes.Length < 256 * 1024)
        {
            _client!.Send(bytes);
            return;
        }

        RespClient client = _client!;
        byte[] rest = bytes.ToArray();
        new Thread(() => TrySend(client, rest), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
    }

    private static void TrySend(RespClient client, byte[] bytes)
    {
        try
        {
            client.Send(bytes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reader sees the same, and counts it.
        }
    }

    private void Leave(int after)
    {
        _client!.Send(_bytes.GetBuffer().AsSpan(0, after));
        Disconnect();
    }

    private void Disconnect()
    {
        if (_random.Next(2) == 0) _client?.Abort();
        else _client?.Dispose();
        _client = null;
    }

    /// <returns>True for an error.</returns>
    private bool Answered(TagRequest request)
    {
        if (request.Reply.Length == 0)
        {
            Interlocked.Increment(ref run.Tally.Own);
            return false;
        }
        byte[] reply = _client!.ReadReply();
        while (_resp3 && _sequences.IsOwnMessage(reply))
        {
            Interlocked.Increment(ref run.Tally.Messages);
            reply = _client.ReadReply();
        }
        return Judge(reply, request);
    }

    private bool Judge(ReadOnlySpan<byte> reply, TagRequest request)
    {
        if (reply.SequenceEqual(request.Reply) || (request.Or is { } or && reply.SequenceEqual(or))) Interlocked.Increment(ref run.Tally.Own);
        else if (reply.StartsWith("-TRYAGAIN "u8)) Interlocked.Increment(ref run.Tally.TryAgain);
        else if (reply.StartsWith("-UNCERTAIN "u8)) Interlocked.Increment(ref run.Tally.Uncertain);
        else if (reply[0] == (byte)'-') run.Tally.CountOther(Encoding.ASCII.GetString(reply));
        else run.Tally.CountForeign(Encoding.ASCII.GetString(request.Reply), Encoding.ASCII.GetString(reply));
        return reply[0] == (byte)'-';
    }

    // Closed by the gateway: what came of the next reply must be the beginning of that reply, or of an error.
    private void Closed(int answered)
    {
        if (_client is null) return;
        Interlocked.Increment(ref run.Tally.ClosedByGateway);
        Interlocked.Add(ref run.Tally.Cut, Math.Max(1, _batch.Count - answered));   // no batch: a large value
        ReadOnlySpan<byte> rest = _client.Unread;
        while (answered < _batch.Count && _batch[answered].Reply.Length == 0) answered++;
        if (_batch.Count > 0 && !rest.IsEmpty && rest[0] is not ((byte)'-' or (byte)'>'))
        {
            byte[] own = answered < _batch.Count ? _batch[answered].Reply : [];
            if (!own.AsSpan().StartsWith(rest)) run.Tally.CountForeign(Encoding.ASCII.GetString(own), Encoding.ASCII.GetString(rest));
        }

        _client.Dispose();
        _client = null;
    }

    private TagRequest Get()
    {
        string key = NextKey();
        return new TagRequest(RespClient.Encode("GET", key), Encoding.ASCII.GetBytes($"${key.Length}\r\n{key}\r\n"));
    }

    private TagRequest MGet(int count)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(_ => NextKey())];
        string reply = $"*{count}\r\n{string.Concat(keys.Select(key => $"${key.Length}\r\n{key}\r\n"))}";
        return new TagRequest(RespClient.Encode(["MGET", .. keys]), Encoding.ASCII.GetBytes(reply));
    }

    private TagRequest Set(int length)
    {
        string key = NextKey();
        string value = Encoding.ASCII.GetString(TagBytes.Repeat(Encoding.ASCII.GetBytes(key), length));
        return new TagRequest(RespClient.Encode("SET", key, value), "+OK\r\n"u8.ToArray());
    }

    private string NextKey() => NextKey(_random.Next(2) == 0 ? 'a' : 'b', "tag");

    private string NextKey(char shard, string kind) => string.Create(CultureInfo.InvariantCulture, $"{shard}:{kind}:{number}:{_sequence++}");
}
