using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>Sentinels of ours and real ones that watch the same master, with times that a test can wait for.</summary>
internal sealed class Watch : IDisposable
{
    private readonly List<LiveSentinel> _own = [];
    private readonly List<RealSentinel> _real = [];
    private readonly int _count;

    public Watch(int masterPort, int ownCount, int realCount)
    {
        _count = ownCount + realCount;
        string[] lines =
        [
            $"sentinel monitor m1 127.0.0.1 {masterPort} {(_count / 2) + 1}", "sentinel down-after-milliseconds m1 1000", "sentinel failover-timeout m1 3000",
        ];
        for (int i = 0; i < ownCount; i++) _own.Add(new LiveSentinel(lines));
        for (int i = 0; i < realCount; i++) _real.Add(new RealSentinel(lines));
    }

    public IReadOnlyList<int> Ports => [.. _own.Select(one => one.Port), .. _real.Select(one => one.Port)];

    public RespClient ConnectToOwn() => _own[0].Connect();

    public RespClient ConnectToReal() => _real[0].Connect();

    /// <summary>Waits until every sentinel knows all others and so many live replicas.</summary>
    public void UntilAllKnow(int replicas) => UntilAll(
        client =>
        {
            RespValue known = client.Call("SENTINEL", "replicas", "m1");
            RespValue others = client.Call("SENTINEL", "sentinels", "m1");
            return known.Count == replicas && others.Count == _count - 1 && others.Items.All(one => one["flags"].Text == "sentinel");
        },
        "do not know one another");

    public void UntilAllSay(int masterPort) => UntilAll(
        client => client.Call("SENTINEL", "get-master-addr-by-name", "m1")[1].Text == $"{masterPort}", $"do not say that the master is at {masterPort}");

    /// <summary>Who was elected in an epoch says so, and nobody else of the same.</summary>
    public void AssertOneLeaderInEachEpoch()
    {
        var leaders = new Dictionary<string, HashSet<string>>();
        foreach (string line in Describe().Split('\n'))
        {
            int at = line.IndexOf("+vote-for-leader ", StringComparison.Ordinal);
            if (at < 0) continue;
            string[] words = line[(at + "+vote-for-leader ".Length)..].Split(' ');
            if (!leaders.TryGetValue(words[1], out HashSet<string>? ids)) leaders[words[1]] = ids = [];
            ids.Add(words[0]);
        }

        Assert.NotEmpty(leaders);
        Assert.Equal(2, Describe().Split('\n').Where(line => line.Contains("+elected-leader", StringComparison.Ordinal)).Count());
    }

    public void AssertNoBugs()
    {
        foreach (LiveSentinel sentinel in _own) Assert.Null(sentinel.Bug);
    }

    public string Describe() => string.Join("\n\n", [.. _own.Select(one => $"own {one.Port}\n{one.Log}"), .. _real.Select(one => $"real {one.Port}\n{one.Log}")]);

    public void Dispose()
    {
        foreach (LiveSentinel sentinel in _own) sentinel.Dispose();
        foreach (RealSentinel sentinel in _real) sentinel.Dispose();
    }

    private void UntilAll(Func<RespClient, bool> isTrue, string otherwise)
    {
        foreach (int port in Ports)
        {
            using RespClient client = RespClient.Connect(port);
            Poll.Until(() => isTrue(client), () => $"the sentinels {otherwise}:\n{Describe()}");
        }
    }
}
