using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>One client that sends everything it has before it looks at an answer. Every answer is known beforehand, so any swap shows.</summary>
internal static class DeepPipeline
{
    private const int Keys = 1_000;

    public static void Measure(Report report, Peer peer, int count, bool bound)
    {
        using var client = new RespClient(peer.Port, timeoutMs: 30_000);
        for (int key = 0; key < Keys; key++) client.Call("SET", Key(key), Value(key));
        for (int i = 0; i < 5_000; i++) client.Call("GET", Key(i % Keys));

        ProcessFigures.ForgetPeak(peer.Process.Id);
        long before = ProcessFigures.ResidentBytes(peer.Process.Id);
        var random = new Random(11);
        int[] order = [.. Enumerable.Range(0, count).Select(_ => random.Next(Keys))];
        byte[][] requests = [.. Enumerable.Range(0, Keys).Select(key => RespClient.Encode("GET", Key(key)))];
        byte[][] replies = [.. Enumerable.Range(0, Keys).Select(key => Encoding.ASCII.GetBytes($"${Value(key).Length}\r\n{Value(key)}\r\n"))];

        var writer = new Thread(() => SendAll(client, order, requests)) { IsBackground = true };
        writer.Start();

        // The gateway must hold the client back by itself: nobody reads for as long as the writer gets on.
        writer.Join(TimeSpan.FromSeconds(1));
        int wrong = 0;
        foreach (int key in order)
        {
            if (!client.ReadReply().AsSpan().SequenceEqual(replies[key])) wrong++;
        }

        writer.Join();
        long grown = ProcessFigures.PeakResidentBytes(peer.Process.Id) - before;
        report.Line($"{peer.Name}: {count:#,0} replies, {wrong:#,0} wrong or out of order, {MemoryUse.Megabytes(grown)} more memory at most");
        if (!bound) return;
        report.Holds("every reply is its own, in order", wrong == 0, $"{wrong:#,0} wrong");
        report.AtMost("memory for one deep pipeline", grown / 1048576.0, 32, " MB");
    }

    // Odd and even keys live on different shards.
    private static string Key(int key) => $"{(key % 2 == 0 ? 'a' : 'b')}:deep:{key}";

    // Of different lengths, so that a shift of one byte cannot look right.
    private static string Value(int key) => $"{key}:{new string('v', key % 97)}";

    private static void SendAll(RespClient client, int[] order, byte[][] requests)
    {
        var batch = new MemoryStream();
        foreach (int key in order)
        {
            batch.Write(requests[key]);
            if (batch.Length < 32 * 1024) continue;
            if (!TrySend(client, batch)) return;
        }

        TrySend(client, batch);
    }

    private static bool TrySend(RespClient client, MemoryStream batch)
    {
        try
        {
            client.Send(batch.GetBuffer().AsSpan(0, (int)batch.Length));
            batch.SetLength(0);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;   // the reader finds out, and says so
        }
    }
}
