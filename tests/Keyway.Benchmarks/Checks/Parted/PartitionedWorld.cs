using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks.Parted;

/// <summary>
/// A shard of three servers, three sentinels, three gateways and their clients, each on a machine of its own. The program itself stands in a place that is
/// never cut off from anybody.
/// </summary>
internal sealed class PartitionedWorld
{
    public const string Name = "orders";

    private const int ServerPort = 6379;
    private const int SentinelPort = 26379;
    private const int AdminPort = 9380;
    private const int TokenLimit = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace;
    private readonly BridgedNetwork _network;
    private readonly string _dll;
    private int _tokens;

    /// <param name="real">redis-servers in the shards' place.</param>
    public PartitionedWorld(Workspace workspace, BridgedNetwork network, string dll, bool real)
    {
        _workspace = workspace;
        _network = network;
        _dll = dll;
        Eye = network.Add("eye");
        Crowd = network.Add("clients");
        FewClients = network.Add("few-clients");
        Place[] servers = [.. Enumerable.Range(0, 3).Select(i => network.Add($"server-{i}"))];
        Place[] sentinels = [.. Enumerable.Range(0, 3).Select(i => network.Add($"sentinel-{i}"))];
        Place[] gateways = [network.Add("by-sentinel"), network.Add("by-nodes"), network.Add("few-gateway")];

        Eye.Enter();
        Servers = [.. servers.Select(place => StartServer(place, place == servers[0] ? null : servers[0], real))];
        foreach (Machine server in Servers) AwaitAnswer(server, "PING", "+PONG");
        AwaitAnswer(Servers[0], "ROLE", "*3\r\n$6\r\nmaster");

        // The first is a real one: quorums are mixed.
        Sentinels = [.. sentinels.Select(place => StartSentinel(place, servers[0], real: place == sentinels[0]))];
        foreach (Machine sentinel in Sentinels) AwaitAnswer(sentinel, "PING", "+PONG");
        Await(AllSentinelsKnowAll, "sentinels know each other and all servers");

        string named = $"sentinel: {{ master: {Name}, nodes: [{string.Join(", ", Sentinels.Select(sentinel => sentinel.EndPoint))}] }}";
        string listed = $"nodes: [{string.Join(", ", Servers.Select(server => server.EndPoint))}]";
        Gateways = [StartGateway(gateways[0], named), StartGateway(gateways[1], listed), StartGateway(gateways[2], named)];
        foreach (Machine gateway in Gateways) AwaitAnswer(gateway, "PING", "+PONG");
    }

    /// <summary>Where the program stands.</summary>
    public Place Eye { get; }

    public Place Crowd { get; }

    /// <summary>Those who are cut off together with a master.</summary>
    public Place FewClients { get; }

    public IReadOnlyList<Machine> Servers { get; }

    public IReadOnlyList<Machine> Sentinels { get; }

    /// <summary>One asks sentinels, one the servers themselves, and one asks sentinels and is sometimes cut off with a master.</summary>
    public IReadOnlyList<Machine> Gateways { get; }

    public void Apply(IEnumerable<Cut> cuts) => _network.Apply(cuts);

    public void Heal() => _network.Heal();

    /// <returns>Its place in <see cref="Servers"/>.</returns>
    public int Master() => Servers.ToList().FindIndex(server => MasterBy(Sentinels[0]) == $"{server.EndPoint}");

    /// <summary>How often this gateway has gone to another master.</summary>
    public int Switches(Machine gateway)
    {
        var client = new RespClient(new IPEndPoint(gateway.Place.Address, AdminPort), timeoutMs: 5_000);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            // Connected by this thread: only here it stands where it can.
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new NetworkStream(client.Socket, ownsSocket: true)),
        });
        string text = http.GetStringAsync($"http://{gateway.Place.Address}:{AdminPort}/metrics").GetAwaiter().GetResult();
        return (int)(Metrics.Largest(text, "keyway_failovers_total") ?? 0);
    }

    /// <summary>Waits until all are of one mind.</summary>
    /// <returns>How long it took; null, and what they are at odds about, when it took too long.</returns>
    public double? AwaitAgreement(out string? atOdds)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            atOdds = Disagreement();
            if (atOdds is null) return Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (Stopwatch.GetElapsedTime(began) > Patience) return null;
            Thread.Sleep(50);
        }
    }

    /// <summary>After all writers have stopped: the replicas have what the master has.</summary>
    public void AwaitCopies(int master) => Await(() =>
    {
        string offset = Field(Servers[master].Ask("INFO", "replication"), "master_repl_offset");
        return Servers.All(server => Field(server.Ask("INFO", "replication"), "master_repl_offset") == offset);
    }, "replicas have all that the master has");

    private string? Disagreement()
    {
        try
        {
            string master = MasterBy(Sentinels[0]);
            foreach (Machine sentinel in Sentinels)
            {
                if (MasterBy(sentinel) != master) return $"{sentinel.Place.Name} says {MasterBy(sentinel)}, {Sentinels[0].Place.Name} {master}";
            }

            foreach (Machine server in Servers)
            {
                string info = server.Ask("INFO", "replication");
                bool isMaster = $"{server.EndPoint}" == master;
                string follows = $"{Field(info, "master_host")}:{Field(info, "master_port")}";
                if ((Field(info, "role") == "master") != isMaster) return $"{server.Place.Name} is a {Field(info, "role")}, the sentinels' master is {master}";
                if (!isMaster && follows != master) return $"{server.Place.Name} follows {follows}, the sentinels' master is {master}";
                if (!isMaster && Field(info, "master_link_status") != "up") return $"{server.Place.Name} has no link to its master";
            }

            Machine named = Servers.First(server => $"{server.EndPoint}" == master);
            foreach (Machine gateway in Gateways)
            {
                string token = (++_tokens).ToString(CultureInfo.InvariantCulture);
                string answer = gateway.Ask("SET", "token", token, "EX", $"{TokenLimit}");
                if (answer != "+OK\r\n") return $"{gateway.Place.Name} says {answer.Trim()}";
                if (!named.Ask("GET", "token").Contains($"\r\n{token}\r\n", StringComparison.Ordinal)) return $"{gateway.Place.Name} writes to another server than {master}";
            }

            return null;
        }
        catch (Exception failed) when (failed is SocketException or IOException)
        {
            return $"no answer: {failed.Message}";
        }
    }

    private static string MasterBy(Machine sentinel)
    {
        // *2, $9, 10.99.0.4, $4, 6379
        string[] lines = sentinel.Ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name).Split("\r\n");
        return lines.Length > 4 ? $"{lines[2]}:{lines[4]}" : "nobody";
    }

    private static string Field(string info, string name) =>
        info.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";

    private bool AllSentinelsKnowAll() => Sentinels.All(sentinel =>
        sentinel.Ask("SENTINEL", "REPLICAS", Name).StartsWith("*2", StringComparison.Ordinal)
        && sentinel.Ask("SENTINEL", "SENTINELS", Name).StartsWith("*2", StringComparison.Ordinal));

    private Machine StartServer(Place place, Place? master, bool real)
    {
        string folder = FolderOf(place);
        string[] settings =
        [
            "--port", $"{ServerPort}", "--bind", $"{place.Address}", "--protected-mode", "no", "--save", "", "--appendonly", "no", "--dir", folder,
            "--repl-diskless-sync-delay", "0", .. master is null ? (string[])[] : ["--replicaof", $"{master.Address}", $"{ServerPort}"],
        ];
        ChildProcess process = real ? place.Start(_workspace, "redis-server", settings) : place.Start(_workspace, "dotnet", [_dll, "shard", .. settings]);
        return new Machine(place, ServerPort, process);
    }

    private Machine StartSentinel(Place place, Place master, bool real)
    {
        string file = Path.Combine(FolderOf(place), "sentinel.conf");
        File.WriteAllText(file, $"""
            port {SentinelPort}
            bind {place.Address}
            protected-mode no
            dir {FolderOf(place)}
            sentinel monitor {Name} {master.Address} {ServerPort} 2
            sentinel down-after-milliseconds {Name} 1000
            sentinel failover-timeout {Name} 3000

            """);
        ChildProcess process = real ? place.Start(_workspace, "redis-server", file, "--sentinel") : place.Start(_workspace, "dotnet", _dll, "sentinel", file);
        return new Machine(place, SentinelPort, process);
    }

    private Machine StartGateway(Place place, string shard)
    {
        string file = Path.Combine(FolderOf(place), "keyway.yaml");
        File.WriteAllText(file, $$"""
            admin: {{place.Address}}:{{AdminPort}}
            loops: 1
            data: "{{FolderOf(place)}}"
            shards:
              a: { {{shard}} }
            pools:
              main:
                listen: {{place.Address}}:{{ServerPort}}
                protected: no
                partitions:
                  - shard: a

            """);
        return new Machine(place, ServerPort, place.Start(_workspace, "dotnet", _dll, "run", "-c", file));
    }

    private string FolderOf(Place place) => Directory.CreateDirectory(_workspace.PathOf(place.Name)).FullName;

    private static void AwaitAnswer(Machine machine, string request, string answer) => Await(() =>
    {
        if (!machine.Process.IsRunning) throw new InvalidOperationException($"{machine.Place.Name} has ended:\n{machine.Process.LastOutput()}");
        return machine.Ask(request).StartsWith(answer, StringComparison.Ordinal);
    }, $"{machine.Place.Name} answers {request}");

    private static void Await(Func<bool> condition, string what)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (condition()) return;
            }
            catch (Exception failed) when (failed is SocketException or IOException)
            {
                // Not yet.
            }

            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"not within {Patience.TotalSeconds} s: {what}");
            Thread.Sleep(50);
        }
    }
}
