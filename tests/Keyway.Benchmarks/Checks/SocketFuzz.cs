using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keyway.Benchmarks.Checks.Fuzz;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Nonsense that almost makes sense, over sockets. The process must live, keep answering, and speak RESP to the end.</summary>
internal static class SocketFuzz
{
    private const int Threads = 4;

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        int inputs = options.Number("inputs", options.Quick ? 50_000 : 1_000_000);
        int seed = options.Number("seed", 1);
        report.Section($"Fuzz: {inputs:#,0} inputs, seed {seed}");

        Peer reference = RedisServer.Start(workspace, "reference");
        int embedded = workspace.FreePort();
        Peer? target = options.Text("through") == "redis"
            ? reference
            : KeywayGateway.Start(workspace, options.Keyway, "keyway", KeywayMap.Embedded(embedded, workspace.FreePort()) with { Prefixes = true });
        if (target is null)
        {
            report.AtMost("fuzz", null, 0, "");
            return;
        }

        // Three inputs of four go to the gateway, the fourth to the shard itself.
        int[] ports = target == reference ? [target.Port] : [target.Port, target.Port, target.Port, embedded];
        long memory = ProcessFigures.ResidentBytes(target.Process.Id);
        var tally = new FuzzTally();
        FuzzClient[] clients = Send(reference, target, ports, inputs, seed, tally);
        bool serves = target.Process.IsRunning && ports.Distinct().All(Serves);

        report.Line(
            $"{tally.Inputs:#,0} inputs over {tally.Connections:#,0} connections; memory {MemoryUse.Megabytes(memory)} before"
            + (serves ? $", {MemoryUse.Megabytes(ProcessFigures.ResidentBytes(target.Process.Id))} after" : ""));
        report.Holds("fuzz: the process lives", target.Process.IsRunning, target.Process.IsRunning ? "yes" : target.Process.LastOutput());
        report.Holds("fuzz: gateway and shard serve afterwards", serves, serves ? "yes" : Keep(clients, seed));
        report.Holds("fuzz: replies are RESP to the end", tally.Malformed == 0, $"{tally.Malformed:#,0} are not {tally.FirstMalformed}");
        report.Holds("fuzz: every half-closed connection is answered and closed", tally.Silent == 0, $"{tally.Silent:#,0} silent");
        report.AtLeast("fuzz: inputs sent", tally.Inputs, inputs, "");
    }

    private static FuzzClient[] Send(Peer reference, Peer target, int[] ports, int inputs, int seed, FuzzTally tally)
    {
        // The names that the real server has, whether Keyway serves them or not.
        string[] names;
        using (var client = new RespClient(reference.Port))
            names = [.. client.Call("COMMAND", "LIST").Split("\r\n").Where(line => line.Length > 0 && char.IsAsciiLetter(line[0]))];

        var clients = new FuzzClient[Threads];
        var threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            int own = unchecked((seed * Threads) + i);
            FuzzClient client = clients[i] = new FuzzClient(ports[i % ports.Length], new FuzzRequests(own, names), own, tally);
            int share = (inputs / Threads) + (i < inputs % Threads ? 1 : 0);
            threads[i] = new Thread(() => client.Run(share)) { IsBackground = true };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            while (!thread.Join(1_000)) tally.Stopped |= !target.Process.IsRunning;
        }

        return clients;
    }

    private static bool Serves(int port)
    {
        try
        {
            using var client = new RespClient(port);
            return client.Call("PING") == "+PONG\r\n"
                && client.Call("SET", "a:after", "1") == "+OK\r\n" && client.Call("GET", "a:after") == "$1\r\n1\r\n";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Writes what every thread sent last where it outlives the run, escaped, a line an input.</summary>
    private static string Keep(FuzzClient[] clients, int seed)
    {
        var text = new StringBuilder();
        for (int i = 0; i < clients.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"thread {i}\n");
            foreach (byte[] input in clients[i].Last)
            {
                foreach (byte b in input) text.Append(b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:x2}");
                text.Append('\n');
            }
        }

        string file = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"keyway-fuzz-{seed}.txt"));
        File.WriteAllText(file, text.ToString());
        return $"no; the last inputs are in {file}";
    }
}
