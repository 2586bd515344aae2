using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Clients that ask one shard for a value of their own, one request at a time, and note when and how each was answered.</summary>
internal sealed class ShardProbe
{
    private readonly int _port;
    private readonly string _prefix;
    private readonly TimeSpan _pause;
    private readonly Thread[] _threads;
    private readonly List<ProbeSample> _samples = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile bool _stopped;

    private ShardProbe(int port, string prefix, int clients, TimeSpan pause)
    {
        _port = port;
        _prefix = prefix;
        _pause = pause;
        _threads = [.. Enumerable.Range(0, clients).Select(i => new Thread(() => Run(i), maxStackSize: 256 * 1024) { IsBackground = true })];
    }

    /// <summary>Seconds on the samples' clock.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public static ShardProbe Start(int port, string prefix, int clients, TimeSpan pause)
    {
        using (var client = new RespClient(port))
        {
            for (int i = 0; i < clients; i++) client.Call("SET", $"{prefix}probe:{i}", Value(i));
        }

        var probe = new ShardProbe(port, prefix, clients, pause);
        foreach (Thread thread in probe._threads) thread.Start();
        return probe;
    }

    /// <summary>Everything it saw, in the order of the answers.</summary>
    public IReadOnlyList<ProbeSample> Stop()
    {
        _stopped = true;
        foreach (Thread thread in _threads) thread.Join();
        return [.. _samples.OrderBy(sample => sample.Ended)];
    }

    /// <summary>Waits until somebody has got his own value by a request that was sent after this moment.</summary>
    public bool AwaitOwn(double after, TimeSpan limit)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < limit; Thread.Sleep(5))
        {
            lock (_samples)
            {
                if (_samples.Exists(sample => sample.Began >= after && sample.Answer == ProbeAnswer.Own)) return true;
            }
        }

        return false;
    }

    private void Run(int number)
    {
        byte[] request = RespClient.Encode("GET", $"{_prefix}probe:{number}");
        byte[] own = Encoding.ASCII.GetBytes($"${Value(number).Length}\r\n{Value(number)}\r\n");
        RespClient? client = null;
        while (!_stopped)
        {
            double began = Now;
            ProbeAnswer answer;
            try
            {
                client ??= new RespClient(_port);
                client.Send(request);
                answer = Judge(client.ReadReply(), own);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                answer = ProbeAnswer.Closed;
                client?.Dispose();
                client = null;
            }

            lock (_samples) _samples.Add(new ProbeSample(began, Now, answer));
            Thread.Sleep(_pause);
        }

        client?.Dispose();
    }

    private static string Value(int number) => "own-" + number.ToString("D6", CultureInfo.InvariantCulture);

    private static ProbeAnswer Judge(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> own)
    {
        if (reply.SequenceEqual(own) || reply.SequenceEqual("$-1\r\n"u8)) return ProbeAnswer.Own;
        if (reply.StartsWith("-TRYAGAIN "u8)) return ProbeAnswer.TryAgain;
        return reply.StartsWith("-UNCERTAIN "u8) ? ProbeAnswer.Uncertain : ProbeAnswer.Wrong;
    }
}
