using System.Net.Sockets;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Fuzz;

/// <summary>Sends fuzzed inputs, whole or in pieces, connection after connection, and checks that what comes back is RESP to its end.</summary>
internal sealed class FuzzClient(int port, FuzzRequests requests, int seed, FuzzTally tally)
{
    private const int Remembered = 40;

    private readonly Random _random = new(seed);
    private readonly Queue<byte[]> _last = new();
    private readonly byte[] _drain = new byte[64 * 1024];
    private int _left;

    /// <summary>The inputs sent last, to be kept when they have done harm.</summary>
    public IEnumerable<byte[]> Last => _last;

    public void Run(int inputs)
    {
        _left = inputs;
        while (_left > 0 && !tally.Stopped)
        {
            try
            {
                using var client = new RespClient(port, timeoutMs: 10_000);
                Interlocked.Increment(ref tally.Connections);
                tally.Refused = 0;
                Converse(client, Math.Min(_left, _random.Next(1, 100)));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                if (++tally.Refused > 100) return;
                Thread.Sleep(10);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                Interlocked.Increment(ref tally.Silent);
            }
            catch (Exception e) when (e is EndOfStreamException or SocketException)
            {
                // It hung up on nonsense, as it should.
            }
            catch (IOException e)
            {
                tally.CountMalformed(e.Message);
            }
        }
    }

    private void Converse(RespClient client, int inputs)
    {
        for (int sent = 0; sent < inputs; sent++)
        {
            Send(client, requests.Next());
            while (client.Socket.Available > 0) client.Socket.Receive(_drain);
        }

        if (_random.Next(8) == 0) ReadToTheEnd(client);
        else client.Abort();   // a reset leaves no port waiting behind
    }

    private void Send(RespClient client, byte[] input)
    {
        _left--;
        Interlocked.Increment(ref tally.Inputs);
        _last.Enqueue(input);
        if (_last.Count > Remembered) _last.Dequeue();

        int from = 0;
        if (_random.Next(4) == 0)
        {
            foreach (int cut in requests.NextCuts(input.Length))
            {
                client.Send(input.AsSpan(from, cut - from));
                from = cut;
            }
        }

        client.Send(input.AsSpan(from));
    }

    /// <summary>One more input on a connection of its own, whose replies are read from the first byte to the last.</summary>
    private void ReadToTheEnd(RespClient client)
    {
        client.Abort();
        using var fresh = new RespClient(port, timeoutMs: 10_000);
        Send(fresh, requests.Next());
        fresh.Socket.Shutdown(SocketShutdown.Send);
        try
        {
            while (true) fresh.ReadReply();
        }
        catch (EndOfStreamException)
        {
            if (!fresh.Unread.IsEmpty) tally.CountMalformed("the last reply is not whole");
        }
    }
}
