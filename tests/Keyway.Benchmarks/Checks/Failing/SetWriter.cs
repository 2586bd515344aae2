using System.Diagnostics;
using System.Net.Sockets;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>Adds ever new members to a set of its own, one at a time, and knows what became of each: acknowledged, refused unexecuted, or in doubt.</summary>
internal abstract class SetWriter
{
    private const int PauseMs = 1;

    private readonly Thread _thread;
    private readonly Action<long> _whenAcknowledged;
    private volatile bool _stopped;

    protected SetWriter(string key, Action<long> whenAcknowledged)
    {
        Key = key;
        _whenAcknowledged = whenAcknowledged;
        _thread = new Thread(Write) { IsBackground = true };
    }

    public string Key { get; }

    /// <summary>With the moment on the stopwatch.</summary>
    public Dictionary<int, long> Acknowledged { get; } = [];

    public HashSet<int> Doubtful { get; } = [];

    public int Refused { get; private set; }

    public List<string> Unexpected { get; } = [];

    public void Start() => _thread.Start();

    public void Stop()
    {
        _stopped = true;
        _thread.Join();
    }

    /// <summary>One command.</summary>
    /// <returns>The reply as it stands on the wire; null when the connection failed and nobody knows.</returns>
    protected abstract string? Call(string member);

    private void Write()
    {
        for (int number = 0; !_stopped; number++)
        {
            // A steady rate: what is measured is the failover, not how the servers share this machine.
            Thread.Sleep(PauseMs);
            string? reply = Call($"{number}");
            if (reply is null || reply.StartsWith("-UNCERTAIN", StringComparison.Ordinal))
            {
                Doubtful.Add(number);
            }
            else if (reply == ":1\r\n")
            {
                long now = Stopwatch.GetTimestamp();
                Acknowledged.Add(number, now);
                _whenAcknowledged(now);
            }
            else if (reply.StartsWith("-TRYAGAIN", StringComparison.Ordinal) || reply.StartsWith("-READONLY", StringComparison.Ordinal)
                || reply.StartsWith("-LOADING", StringComparison.Ordinal) || reply.StartsWith("-MASTERDOWN", StringComparison.Ordinal)
                || reply.StartsWith("-NOREPLICAS", StringComparison.Ordinal))
            {
                Refused++;
            }
            else if (Unexpected.Count < 10)
            {
                Unexpected.Add(reply.Trim());
            }
        }
    }
}
