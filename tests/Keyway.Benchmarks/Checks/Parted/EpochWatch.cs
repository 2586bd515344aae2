using System.Globalization;
using System.Net.Sockets;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks.Parted;

/// <summary>
/// Asks all sentinels twenty times a second, from a place that is never cut off: what one of them calls the configuration's epoch never falls, and no
/// epoch ever has two masters.
/// </summary>
internal sealed class EpochWatch
{
    private const int PeriodMs = 50;

    private readonly Lock _gate = new();
    private readonly List<string> _violations = [];
    private readonly Dictionary<long, string> _masters = [];
    private readonly List<Thread> _threads = [];
    private volatile bool _stopped;

    public EpochWatch(Place place, string name, IReadOnlyList<Machine> sentinels)
    {
        foreach (Machine sentinel in sentinels)
            _threads.Add(new Thread(() => Watch(place, name, sentinel)) { IsBackground = true });
    }

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate) return [.. _violations];
        }
    }

    /// <summary>The epochs of all masters that there have been.</summary>
    public int Masters
    {
        get
        {
            lock (_gate) return _masters.Count;
        }
    }

    public void Start()
    {
        foreach (Thread thread in _threads) thread.Start();
    }

    public void Stop()
    {
        _stopped = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    private void Watch(Place place, string name, Machine sentinel)
    {
        place.Enter();
        RespClient? client = null;
        long newest = 0;
        while (!_stopped)
        {
            try
            {
                client ??= sentinel.Connect();

                // Both in one packet, so that the sentinel does nothing in between.
                client.Send([.. RespClient.Encode("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name), .. RespClient.Encode("SENTINEL", "MASTER", name)]);
                string[] address = Lines(client.ReadReply());
                string[] state = Lines(client.ReadReply());
                long epoch = long.Parse(state[Array.IndexOf(state, "config-epoch") + 2], CultureInfo.InvariantCulture);
                Note(sentinel, newest, epoch, $"{address[2]}:{address[4]}");
                newest = Math.Max(newest, epoch);
            }
            catch (Exception lost) when (lost is SocketException or IOException)
            {
                client?.Dispose();
                client = null;
            }

            Thread.Sleep(PeriodMs);
        }
    }

    private void Note(Machine sentinel, long before, long epoch, string master)
    {
        lock (_gate)
        {
            if (epoch < before) _violations.Add($"{sentinel.Place.Name} went from epoch {before} back to {epoch}");
            if (_masters.TryAdd(epoch, master) || _masters[epoch] == master) return;
            _violations.Add($"epoch {epoch} has the masters {_masters[epoch]} and {master} ({sentinel.Place.Name})");
        }
    }

    private static string[] Lines(byte[] reply) => System.Text.Encoding.UTF8.GetString(reply).Split("\r\n");
}
