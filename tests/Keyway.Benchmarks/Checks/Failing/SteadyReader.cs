using System.Diagnostics;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>Reads one key at a steady rate and measures from when each request was due, so that a stall counts for all that waited.</summary>
internal sealed class SteadyReader
{
    private const int PeriodMs = 2;

    private readonly Thread _thread;
    private readonly RespClient _client;
    private readonly string _key;
    private readonly Lock _gate = new();
    private List<double> _milliseconds = [];
    private volatile bool _stopped;

    public SteadyReader(int port, string key)
    {
        _client = new RespClient(port);
        _key = key;
        _thread = new Thread(Read) { IsBackground = true };
    }

    public void Start() => _thread.Start();

    public void Stop()
    {
        _stopped = true;
        _thread.Join();
    }

    /// <summary>Of the requests since the last look.</summary>
    public double TakeP99Ms()
    {
        lock (_gate)
        {
            List<double> taken = _milliseconds;
            _milliseconds = [];
            taken.Sort();
            return taken.Count == 0 ? double.NaN : taken[taken.Count * 99 / 100];
        }
    }

    private void Read()
    {
        long due = Stopwatch.GetTimestamp();
        while (!_stopped)
        {
            due += Stopwatch.Frequency * PeriodMs / 1000;
            while (Stopwatch.GetTimestamp() < due) Thread.Sleep(1);
            _client.Call("GET", _key);
            double milliseconds = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
            lock (_gate) _milliseconds.Add(milliseconds);
        }
    }
}
