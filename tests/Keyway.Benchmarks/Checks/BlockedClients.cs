using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Thousands of clients that wait for a list to fill: what they cost the gateway while they do, and what is left when they have gone.</summary>
internal static class BlockedClients
{
    private const int Shards = 2;
    private const int PatienceMs = 30_000;

    // A private link that nobody wants any more ends after ten seconds.
    private const int LinksEndWithinMs = 15_000;

    public static void Run(Options options, Report report)
    {
        int clients = options.Number("clients", options.Quick ? 400 : 4_000);
        int rounds = options.Number("rounds", options.Quick ? 2 : 10);
        foreach (string kind in new[] { "keyway", "redis" })
        {
            if (!options.Wants(kind)) continue;
            using var workspace = new Workspace();
            report.Section(string.Create(CultureInfo.InvariantCulture, $"{clients:#,0} blocked clients over two shards: {kind}"));
            List<Peer> shards = [];
            for (int i = 0; i < Shards; i++)
            {
                if (StartShard(workspace, options, kind, i) is { } shard) shards.Add(shard);
            }
            KeywayMap map = KeywayMap.Over([.. shards.Select(shard => shard.Port)]) with { Prefixes = true, MaxClients = clients + 1_000, PrivateLinks = clients + 100 };
            Peer? gateway = shards.Count == Shards ? KeywayGateway.Start(workspace, options.Keyway, $"keyway over {kind}", map) : null;
            if (gateway is null) report.AtMost("private links when all have left", null, 0, "");
            else Measure(report, gateway, shards, clients, rounds);
        }
    }

    private static Peer? StartShard(Workspace workspace, Options options, string kind, int index)
    {
        string name = $"{kind} {(char)('a' + index)}";
        return kind == "keyway" ? KeywayShard.Start(workspace, options.Keyway, name, "--maxclients", "12000") : RedisServer.Start(workspace, name, 0, "--maxclients", "12000");
    }

    private static void Measure(Report report, Peer gateway, List<Peer> shards, int count, int rounds)
    {
        using var control = new RespClient(gateway.Port, PatienceMs);

        // What every process takes once, and what is compiled only once.
        Round(gateway, shards, control, count);
        Round(gateway, shards, control, count);
        AwaitLinks(gateway, 0);
        int process = gateway.Process.Id;
        long before = Returned(process, 0);
        int filesBefore = OpenFiles(process);
        double alone = MedianMicroseconds(control);

        List<Socket> crowd = Arrive(gateway, count);
        Ask(crowd, i => RespClient.Encode("GET", KeyOf(i)));
        Read(crowd, "$-1\r\n"u8);
        long idle = Returned(process, 0);
        Block(crowd, shards);
        long with = Returned(process, 0);
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"{MemoryUse.Megabytes(before)} before, {MemoryUse.Megabytes(idle)} with {count:#,0} idle clients, {MemoryUse.Megabytes(with)} with them blocked: {(with - idle) / 1024.0 / count:0.00} KB for each that waits"));
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"sockets of the gateway: {filesBefore} before, {OpenFiles(process)} now; private links {Links(gateway):0}; at the shards {string.Join(" and ", shards.Select(shard => Connected(shard)))} connections"));
        report.AtMost("private links for each client that waits", Links(gateway) / count, 1, "");
        report.AtMost("memory of one that waits, beside an idle client's", (with - idle) / 1024.0 / count, 8, " KB");

        long cpu = ProcessFigures.CpuNanoseconds(process);
        Thread.Sleep(2_000);
        report.AtMost("processor while all wait", (ProcessFigures.CpuNanoseconds(process) - cpu) / 2e9 * 100, 10, " % of a core");
        report.Line(string.Create(CultureInfo.InvariantCulture, $"a GET of another client: {alone:0} µs at the median before, {MedianMicroseconds(control):0} µs now"));

        // A third is served, goes on as any client does, and waits again.
        int served = count / 3;
        for (int i = 0; i < served; i++) Expect(control.Call("RPUSH", KeyOf(i), "x"), ":1\r\n");
        for (int i = 0; i < served; i++) ReadOne(crowd[i], PoppedOf(i));
        List<Socket> some = crowd[..served];
        Ask(some, i => RespClient.Encode("GET", KeyOf(i)));
        Read(some, "$-1\r\n"u8);
        Block(some, shards, count);
        Leave(crowd);
        AwaitBlocked(shards, 0);
        report.AtMost("private links when all have left", AwaitLinks(gateway, 0), 0, "");
        report.AtMost("sockets more than before", Math.Max(0, OpenFiles(process) - filesBefore), 4, "");

        for (int i = 0; i < rounds; i++) Round(gateway, shards, control, count);
        report.AtMost("private links when all have left again and again", AwaitLinks(gateway, 0), 0, "");
        long after = Returned(process, (long)(before * 1.05));
        report.AtMost($"memory after {rounds} rounds, against before", after / (double)before, count < 1_000 ? 1.25 : 1.1, "x");
        report.Holds("nothing was taken out of a list for a client that had gone", control.Call("LLEN", "a:left") == ":0\r\n" && LeavesNothingBehind(gateway, shards, control), "RPUSH, LLEN");
    }

    // They come, wait and go.
    private static void Round(Peer gateway, List<Peer> shards, RespClient control, int count)
    {
        List<Socket> crowd = Arrive(gateway, count);
        Block(crowd, shards);
        Expect(control.Call("PING"), "+PONG\r\n");
        Leave(crowd);
        AwaitBlocked(shards, 0);
    }

    private static bool LeavesNothingBehind(Peer gateway, List<Peer> shards, RespClient control)
    {
        List<Socket> crowd = Arrive(gateway, 100);
        byte[] wait = RespClient.Encode("BLPOP", "a:left", "0");
        foreach (Socket client in crowd) client.Send(wait);
        AwaitBlocked(shards, 100);
        Leave(crowd);
        AwaitBlocked(shards, 0);
        Expect(control.Call("RPUSH", "a:left", "1", "2", "3"), ":3\r\n");
        return control.Call("LLEN", "a:left") == ":3\r\n" && control.Call("DEL", "a:left") == ":1\r\n";
    }

    private static string KeyOf(int client) => string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + (client % Shards))}:queue:{client}");

    private static byte[] PoppedOf(int client)
    {
        string key = KeyOf(client);
        return System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*2\r\n${key.Length}\r\n{key}\r\n$1\r\nx\r\n"));
    }

    private static void Block(List<Socket> crowd, List<Peer> shards, int inAll = 0)
    {
        Ask(crowd, i => RespClient.Encode("BLPOP", KeyOf(i), "0"));
        AwaitBlocked(shards, Math.Max(inAll, crowd.Count));
    }

    private static void Ask(List<Socket> crowd, Func<int, byte[]> request)
    {
        for (int i = 0; i < crowd.Count; i++) crowd[i].Send(request(i));
    }

    private static void Read(List<Socket> crowd, ReadOnlySpan<byte> wanted)
    {
        foreach (Socket client in crowd) ReadOne(client, wanted);
    }

    private static void ReadOne(Socket client, ReadOnlySpan<byte> wanted)
    {
        byte[] buffer = new byte[wanted.Length];
        int length = 0;
        while (length < buffer.Length)
        {
            int received = client.Receive(buffer.AsSpan(length));
            if (received == 0) throw new IOException("the gateway has closed a client of the crowd");
            length += received;
        }
        if (!wanted.SequenceEqual(buffer)) throw new IOException($"a client of the crowd got {System.Text.Encoding.ASCII.GetString(buffer).Trim()}");
    }

    private static List<Socket> Arrive(Peer gateway, int count)
    {
        var crowd = new List<Socket>(count);
        for (int i = 0; i < count; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMs };
            client.Connect(new IPEndPoint(IPAddress.Loopback, gateway.Port));
            crowd.Add(client);
        }
        return crowd;
    }

    private static void Leave(List<Socket> crowd)
    {
        foreach (Socket client in crowd)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
        }
    }

    private static void AwaitBlocked(List<Peer> shards, int wanted)
    {
        int blocked = -1;
        for (int waited = 0; waited < PatienceMs; waited += 20)
        {
            blocked = shards.Sum(shard => (int)Field(shard, "blocked_clients"));
            if (blocked == wanted) return;
            Thread.Sleep(20);
        }
        throw new IOException($"{blocked} clients are blocked, and not {wanted}");
    }

    private static double AwaitLinks(Peer gateway, int wanted)
    {
        double links = Links(gateway);
        for (int waited = 0; links != wanted && waited < LinksEndWithinMs; waited += 100)
        {
            Thread.Sleep(100);
            links = Links(gateway);
        }
        return links;
    }

    private static double Links(Peer gateway) => Metrics.Sum(gateway, "keyway_shard_links", "kind=\"private\"") ?? double.NaN;

    private static int Connected(Peer shard) => (int)Field(shard, "connected_clients");

    private static double Field(Peer shard, string name)
    {
        using var client = new RespClient(shard.Port, PatienceMs);
        foreach (string line in client.Call("INFO", "clients").Split('\n'))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal)) return double.Parse(line[(name.Length + 1)..].Trim(), CultureInfo.InvariantCulture);
        }
        return double.NaN;
    }

    private static double MedianMicroseconds(RespClient control)
    {
        var times = new List<double>();
        for (int i = 0; i < 500; i++)
        {
            long begun = System.Diagnostics.Stopwatch.GetTimestamp();
            control.Call("GET", "a:other");
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }

    private static int OpenFiles(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private static void Expect(string reply, string wanted)
    {
        if (reply != wanted) throw new IOException($"expected {wanted.Trim()}, got {reply.Trim()}");
    }

    /// <summary>The least within ten seconds, or the first figure that is low enough.</summary>
    private static long Returned(int processId, long enough)
    {
        long least = long.MaxValue;
        for (int i = 0; i < (enough == 0 ? 15 : 60) && least > enough; i++)
        {
            Thread.Sleep(200);
            least = Math.Min(least, ProcessFigures.ResidentBytes(processId));
        }
        return least;
    }
}
