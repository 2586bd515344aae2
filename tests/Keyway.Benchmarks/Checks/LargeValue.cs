using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>The largest value Redis takes, through the gateway and back. It must pass through, not pile up.</summary>
internal static class LargeValue
{
    private const int Chunk = 256 * 1024;

    public static void Measure(Report report, Peer peer, long bytes, bool bound)
    {
        using var client = new RespClient(peer.Port, timeoutMs: 60_000);
        for (int i = 0; i < 2_000; i++) client.Call("GET", "a:small");

        int id = peer.Process.Id;
        ProcessFigures.ForgetPeak(id);
        long before = ProcessFigures.ResidentBytes(id);
        byte[] sent = Set(client, bytes);
        long there = ProcessFigures.PeakResidentBytes(id) - before;

        ProcessFigures.ForgetPeak(id);
        before = ProcessFigures.ResidentBytes(id);
        byte[] received = Get(client, bytes);
        long back = ProcessFigures.PeakResidentBytes(id) - before;
        client.Call("DEL", "a:large");

        bool same = sent.AsSpan().SequenceEqual(received);
        report.Line(
            $"{peer.Name}: SET {MemoryUse.Megabytes(there)} more, GET {MemoryUse.Megabytes(back)} more, "
            + $"content {(same ? "equal" : "DIFFERS")}");
        if (!bound) return;
        report.Holds("the value comes back as it was", same, same ? "same hash" : "another hash");
        report.AtMost("memory while a large value goes in", there / 1048576.0, 16, " MB");
        report.AtMost("memory while a large value comes back", back / 1048576.0, 16, " MB");
    }

    private static byte[] Set(RespClient client, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        client.Send(Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n$7\r\na:large\r\n${bytes.ToString(CultureInfo.InvariantCulture)}\r\n"));
        var random = new Random(5);
        byte[] chunk = new byte[Chunk];
        for (long left = bytes; left > 0; left -= Chunk)
        {
            // Eight random bytes a kilobyte make every chunk different without costing more than the transport.
            Span<long> numbers = MemoryMarshal.Cast<byte, long>(chunk.AsSpan());
            for (int i = 0; i < numbers.Length; i += 128) numbers[i] = random.NextInt64();
            ReadOnlySpan<byte> part = chunk.AsSpan(0, (int)Math.Min(Chunk, left));
            hash.AppendData(part);
            client.Send(part);
        }

        client.Send("\r\n"u8);
        string reply = Encoding.UTF8.GetString(client.ReadReply());
        return reply == "+OK\r\n" ? hash.GetHashAndReset() : throw new IOException($"SET was answered {reply.Trim()}");
    }

    private static byte[] Get(RespClient client, long bytes)
    {
        client.Send(RespClient.Encode("GET", "a:large"));
        string header = client.ReadLine();
        if (header != "$" + bytes.ToString(CultureInfo.InvariantCulture)) throw new IOException($"GET was answered {header}");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[Chunk];
        for (long left = bytes; left > 0;)
        {
            int count = client.ReadBytes(chunk.AsSpan(0, (int)Math.Min(Chunk, left)));
            hash.AppendData(chunk.AsSpan(0, count));
            left -= count;
        }

        byte[] end = new byte[2];
        for (int have = 0; have < 2;) have += client.ReadBytes(end.AsSpan(have));
        return end.AsSpan().SequenceEqual("\r\n"u8) ? hash.GetHashAndReset() : throw new IOException("the value does not end where it said");
    }
}
