using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Keyway.Benchmarks.OpenLoop;

/// <summary>
/// Sends requests by the clock, whether earlier ones are answered or not, and takes each one's time from the moment it was due.
/// A client that waits for its reply before it asks again hides every stall: while the server stands still it does not ask.
/// What is due in a fifth of a millisecond leaves together: a timer for every single request would cost more than the request.
/// </summary>
internal sealed class LoadGenerator
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan TickLength = TimeSpan.FromMicroseconds(200);

    private readonly Load _load;
    private readonly LoadResult _result = new();
    private readonly LoadConnection[] _connections;
    private readonly Epoll _epoll = new();
    private readonly byte[][] _requests;
    private readonly byte[] _scratch = new byte[64 * 1024];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Func<long> _clock;
    private readonly Action<long, long> _answered;

    private LoadGenerator(Load load)
    {
        _load = load;
        _clock = Now;
        _answered = load.KeepSamples ? AddSample : (_, nanoseconds) => _result.Latency.Add(nanoseconds);
        var random = new Random(load.Seed);
        _requests = [.. Enumerable.Range(0, load.Value.Length == 0 ? 4096 : 65536).Select(_ => Request(load.KeyPrefix + Key(random.Next(load.Keys)), load.Value))];
        _connections = [.. Enumerable.Range(0, load.Connections).Select(_ => new LoadConnection(load.Port))];
    }

    /// <summary>Runs on the calling thread until the time is up.</summary>
    public static LoadResult Run(Load load)
    {
        using var precedence = new Precedence();
        var generator = new LoadGenerator(load);
        try
        {
            generator.Run();
        }
        finally
        {
            foreach (LoadConnection connection in generator._connections) connection.Dispose();
            generator._epoll.Dispose();
        }

        return generator._result;
    }

    /// <summary>As redis-benchmark writes its random keys: twelve digits.</summary>
    public static string Key(int number) => number.ToString("D12", CultureInfo.InvariantCulture);

    private void Run()
    {
        for (int i = 0; i < _connections.Length; i++) _epoll.Watch(_connections[i].Handle, i);
        _epoll.Tick(TickLength);
        TimeSpan cpuBefore = ThreadCpu();
        long tick = (long)TickLength.TotalNanoseconds;
        long began = Now();
        long end = began + (long)_load.Duration.TotalNanoseconds;
        long sent = 0;

        for (long due = began; ;)
        {
            long now = Now();
            if (_load.Stop.IsCancellationRequested) end = Math.Min(end, due);
            for (; due <= now && due < end; due += tick)
            {
                long target = (long)((due - began + tick) / 1e9 * _load.RequestsPerSecond);
                for (; sent < target; sent++) Send(sent, due);
            }

            if (due >= end && (Pending() == 0 || now > end + (long)Patience.TotalNanoseconds)) break;
            ReceiveWhatCame();
        }

        _result.OwnCpu = (ThreadCpu() - cpuBefore).TotalSeconds / ((Now() - began) / 1e9);
        foreach (LoadConnection connection in _connections)
        {
            _result.Errors += connection.Errors;
            _result.Unanswered += connection.Pending;
            if (connection.IsLost) _result.ConnectionsLost++;
        }
    }

    private void Send(long number, long due)
    {
        int index = (int)(number % _connections.Length);
        LoadConnection connection = _connections[index];
        if (connection.IsLost) return;

        bool hadUnsent = connection.HasUnsent;
        connection.Request(_requests[number % _requests.Length], due);
        _result.Lateness.Add(Now() - due);
        if (connection.IsLost) connection.Dispose();
        else if (connection.HasUnsent && !hadUnsent) _epoll.WatchFor(connection.Handle, index, Epoll.Readable | Epoll.Writable);
    }

    private void ReceiveWhatCame()
    {
        int count = _epoll.Wait(timeoutMs: 10);
        for (int i = 0; i < count; i++)
        {
            if (!_epoll.Event(i, out int index, out uint events)) continue;
            LoadConnection connection = _connections[index];
            if ((events & Epoll.Writable) != 0)
            {
                connection.Flush();
                if (!connection.HasUnsent) _epoll.WatchFor(connection.Handle, index, Epoll.Readable);
            }

            if ((events & ~Epoll.Writable) != 0) connection.Receive(_scratch, _clock, _answered);
            if (connection.IsLost) connection.Dispose();   // epoll would report its end for ever
        }
    }

    private void AddSample(long due, long nanoseconds)
    {
        _result.Latency.Add(nanoseconds);
        _result.Samples.Add(new LoadSample(_start + (long)(due / 1e9 * Stopwatch.Frequency), nanoseconds));
    }

    private int Pending()
    {
        int pending = 0;
        foreach (LoadConnection connection in _connections) pending += connection.IsLost ? 0 : connection.Pending;
        return pending;
    }

    private long Now() => Stopwatch.GetElapsedTime(_start).Ticks * 100;

    private static byte[] Request(string key, string value) => Encoding.ASCII.GetBytes(value.Length == 0
        ? $"*2\r\n$3\r\nGET\r\n${key.Length}\r\n{key}\r\n"
        : $"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${value.Length}\r\n{value}\r\n");

    private static TimeSpan ThreadCpu()
    {
        string figures = File.ReadAllText("/proc/thread-self/schedstat");
        return TimeSpan.FromTicks(long.Parse(figures.AsSpan(0, figures.IndexOf(' ')), CultureInfo.InvariantCulture) / 100);
    }
}
