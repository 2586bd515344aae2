using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Ten thousand clients that listen to a thousand channels each, or that all wait for one key, come and go at once, round after round.</summary>
internal static class ShardCrowds
{
    private const int Channels = 1_000;
    private const double LongestTurnMs = 10;

    // The last of what a client that listens has asked for.
    private static readonly byte[] Heard = "*2\r\n$4\r\npong\r\n$0\r\n\r\n"u8.ToArray();

    private static readonly byte[] Listen =
        [.. RespClient.Encode(["SUBSCRIBE", .. Enumerable.Range(0, Channels).Select(i => string.Create(CultureInfo.InvariantCulture, $"channel:{i}"))]), .. RespClient.Encode("PING")];

    public static void Run(Workspace workspace, Options options, Report report)
    {
        int clients = options.Quick ? 1_000 : 10_000;
        int rounds = options.Number("rounds", options.Quick ? 3 : 10);
        Each(workspace, options, report, $"{clients:#,0} clients that listen to {Channels:#,0} channels each", rounds, (peer, control) => ListenAndLeave(peer, control, clients));
        Each(workspace, options, report, $"{clients:#,0} clients that wait for one key", rounds, (peer, control) => WaitAndBeKilled(peer, control, clients));
        Largest(workspace, options, report);
    }

    private static void Each(Workspace workspace, Options options, Report report, string title, int rounds, Action<Peer, RespClient> round)
    {
        report.Section(title);

        // Alone: redis-server looks through all listeners of a channel for each that leaves, and needs minutes for such a crowd.
        if (KeywayShard.Start(workspace, options.Keyway, "keyway", "--maxclients", "12000") is { } keyway) Measure(report, keyway, rounds, round);
        else report.AtMost("used_memory after the crowds, against before", null, 1.02, "x");
    }

    private static void Measure(Report report, Peer peer, int rounds, Action<Peer, RespClient> round)
    {
        using (peer.Process)
        using (var control = new RespClient(peer.Port, timeoutMs: 60_000))
        {
            // What every process takes once, and what is compiled only once.
            round(peer, control);
            round(peer, control);
            long before = Returned(peer.Process.Id, 0);
            double? used = Field(control.Call("INFO", "memory"), "used_memory");
            control.Call("CONFIG", "RESETSTAT");
            ProcessFigures.ForgetPeak(peer.Process.Id);
            for (int i = 0; i < rounds; i++) round(peer, control);
            long most = ProcessFigures.PeakResidentBytes(peer.Process.Id);
            long after = Returned(peer.Process.Id, (long)(before * 1.02));
            double? usedAfter = Field(control.Call("INFO", "memory"), "used_memory");
            double? turn = Field(control.Call("INFO", "keyway"), "loop_longest_turn_usec") / 1e3;
            report.Line(string.Create(
                CultureInfo.InvariantCulture, $"{peer.Name}: {MemoryUse.Megabytes(before)} before, {MemoryUse.Megabytes(most)} at most, {MemoryUse.Megabytes(after)} after {rounds} rounds; longest turn {turn:0.0} ms"));
            report.AtMost("used_memory after the crowds, against before", usedAfter / used, 1.02, "x");
            report.AtMost("resident memory after the crowds, against before", after / (double)before, 1.1, "x");
            report.Holds("the shard answers", control.Call("PING") == "+PONG\r\n", "PING");
        }
    }

    private static void ListenAndLeave(Peer peer, RespClient control, int count)
    {
        List<Socket> crowd = Arrive(peer, count);
        byte[] buffer = new byte[64 * 1024];
        foreach (Socket client in crowd)
        {
            client.Send(Listen);
            ReadUntil(client, buffer, Heard);
        }

        Expect(control.Call("PUBLISH", "channel:0", "x"), $":{count}\r\n");
        Leave(crowd);
        Await(control, ["PUBSUB", "NUMSUB", "channel:0"], "*2\r\n$9\r\nchannel:0\r\n:0\r\n");
    }

    private static void WaitAndBeKilled(Peer peer, RespClient control, int count)
    {
        List<Socket> crowd = Arrive(peer, count);
        byte[] wait = RespClient.Encode("BLPOP", "key", "other", "0");
        foreach (Socket client in crowd) client.Send(wait);
        Await(control, ["INFO", "clients"], $"blocked_clients:{count}\r\n");

        // The first who came is served; the rest is killed while it waits.
        Expect(control.Call("RPUSH", "key", "a"), ":1\r\n");
        byte[] buffer = new byte[1024];
        ReadUntil(crowd[0], buffer, "*2\r\n$3\r\nkey\r\n$1\r\na\r\n"u8);
        Expect(control.Call("CLIENT", "KILL", "TYPE", "normal"), $":{count}\r\n");
        Expect(control.Call("RPUSH", "key", "a"), ":1\r\n");
        Expect(control.Call("DEL", "key"), ":1\r\n");
        Leave(crowd);
    }

    private static void Largest(Workspace workspace, Options options, Report report)
    {
        report.Section("A value of 512 MB goes");
        if (KeywayShard.Start(workspace, options.Keyway, "keyway") is not { } keyway)
        {
            report.AtMost("longest turn", null, LongestTurnMs, " ms");
            return;
        }

        using (keyway.Process)
        using (var control = new RespClient(keyway.Port, timeoutMs: 60_000))
        {
            double longest = 0;
            long before = Returned(keyway.Process.Id, 0);
            foreach (string[] end in (string[][])[["DEL", "large"], ["UNLINK", "large"], ["SET", "large", "small"], ["FLUSHALL"]])
            {
                Expect(control.Call("SETRANGE", "large", "536870911", "x"), ":536870912\r\n");
                control.Call("CONFIG", "RESETSTAT");
                control.Call(end);
                control.Call("PING");
                longest = Math.Max(longest, Field(control.Call("INFO", "keyway"), "loop_longest_turn_usec") / 1e3 ?? double.NaN);
            }

            report.AtMost("longest turn that takes it away", longest, LongestTurnMs, " ms");
            report.AtMost("memory afterwards, against before", Returned(keyway.Process.Id, (long)(before * 1.1)) / (double)before, 1.1, "x");
        }
    }

    private static List<Socket> Arrive(Peer peer, int count)
    {
        var crowd = new List<Socket>(count);
        for (int i = 0; i < count; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
            client.Connect(new IPEndPoint(IPAddress.Loopback, peer.Port));
            crowd.Add(client);
        }

        return crowd;
    }

    // With a reset, or the system would run out of ports within a few rounds.
    private static void Leave(List<Socket> crowd)
    {
        foreach (Socket client in crowd)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
        }
    }

    private static void ReadUntil(Socket client, byte[] buffer, ReadOnlySpan<byte> end)
    {
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith(end))
        {
            // Only the end is of interest: what stands before it makes room.
            if (length > buffer.Length / 2)
            {
                buffer.AsSpan(length - end.Length, end.Length).CopyTo(buffer);
                length = end.Length;
            }

            int received = client.Receive(buffer.AsSpan(length));
            if (received == 0) throw new IOException("the server has closed a client of the crowd");
            length += received;
        }
    }

    private static void Await(RespClient control, string[] request, string wanted)
    {
        for (int i = 0; i < 1_000; i++)
        {
            if (control.Call(request).Contains(wanted, StringComparison.Ordinal)) return;
            Thread.Sleep(20);
        }

        throw new IOException($"{string.Join(' ', request)} never came to say {wanted.Trim()}");
    }

    private static void Expect(string reply, string wanted)
    {
        if (reply != wanted) throw new IOException($"expected {wanted.Trim()}, got {reply.Trim()}");
    }

    /// <summary>The least within ten seconds, or the first figure that is low enough.</summary>
    private static long Returned(int processId, long enough)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 50 && least > enough; i++)
        {
            Thread.Sleep(200);
            least = Math.Min(least, ProcessFigures.ResidentBytes(processId));
        }

        return least;
    }

    private static double? Field(string info, string name)
    {
        foreach (string line in info.Split('\n'))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal)) return double.Parse(line[(name.Length + 1)..].Trim(), CultureInfo.InvariantCulture);
        }

        return null;
    }
}
