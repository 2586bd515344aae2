using System.Text;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>However the network cuts what clients and shards say, the same bytes arrive on the other side.</summary>
public class SplitEverywhereTests
{
    public static TheoryData<string> Streams =>
    [
        TestClient.Encode("GET", "a:1") + TestClient.Encode("SET", "b:1", "x") + TestClient.Encode("PING"),
        TestClient.Encode("MGET", "a:1", "b:1", "a:2") + TestClient.Encode("DEL", "a:1", "b:1") + TestClient.Encode("DBSIZE"),
        TestClient.Encode("MSET", "a:1", "", "b:1", "\r\n") + "\r\n" + "GET a:3\r\n" + TestClient.Encode("NOSUCH", "x"),
        "SET a:1 \"a b\\x41\"\nGET a:1\r\n*0\r\n*-1\r\n" + TestClient.Encode("ECHO", "\r\n$5\r\n"),
        TestClient.Encode("HELLO", "3") + TestClient.Encode("GET", "a:1") + TestClient.Encode("HELLO", "2") + TestClient.Encode("GET", "a:2"),
        TestClient.Encode("SELECT", "1") + TestClient.Encode("GET", "a:1") + TestClient.Encode("SELECT", "0") + TestClient.Encode("GET", "a:2"),
        TestClient.Encode("SUNION", "a:1", "b:1") + TestClient.Encode("MULTI") + TestClient.Encode("GET") + "*1\r\n$-1\r\n" + TestClient.Encode("PING"),
        TestClient.Encode("GET", "a:1") + TestClient.Encode("QUIT") + TestClient.Encode("GET", "a:2"),
    ];

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_split_at_any_byte_does_the_same(string stream)
    {
        string whole = Run(stream, [], int.MaxValue);
        for (int cut = 1; cut < stream.Length; cut++) Assert.Equal(whole, Run(stream, [cut], int.MaxValue));
        Assert.Equal(whole, Run(stream, [.. Enumerable.Range(1, stream.Length - 1)], int.MaxValue));
        Assert.Equal(whole, Run(stream, [], 1));
    }

    [Fact]
    public void A_large_request_and_a_large_reply_do_too()
    {
        string value = new('v', 150_000);
        string stream = TestClient.Encode("GET", "a:1") + TestClient.Encode("SET", "a:2", value) + TestClient.Encode("GET", "a:large")
            + TestClient.Encode("MSET", "a:3", value, "b:1", "x") + TestClient.Encode("GET", "b:2");
        string whole = Run(stream, [], int.MaxValue);
        var random = new Random(1);
        int[] edges = [24, 60, 65_530, 65_535, 65_536, 65_537, 65_600, 150_100, 150_101, stream.Length - 10, stream.Length - 1];
        foreach (int cut in edges.Concat(Enumerable.Range(0, 30).Select(_ => random.Next(1, stream.Length)))) Assert.Equal(whole, Run(stream, [cut], int.MaxValue));
        Assert.Equal(whole, Run(stream, [], 1000));
    }

    // What the client received, and what each shard did in each of its links' orders.
    private static string Run(string stream, int[] cuts, int deliverAtMost)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Network.DeliverAtMost = deliverAtMost;
        foreach (string name in new[] { "a", "b" })
        {
            gateway.Shard(name).Answer = request => request.Split(' ')[0].ToUpperInvariant() switch
            {
                "GET" when request.EndsWith("large", StringComparison.Ordinal) => $"$400000\r\n{new string('x', 400_000)}\r\n",
                "GET" => $"${request.Length + 2}\r\n{name} {request}\r\n",
                "MGET" => $"*{request.Split(' ').Length - 1}\r\n" + string.Concat(Enumerable.Repeat("$1\r\nm\r\n", request.Split(' ').Length - 1)),
                "DEL" or "DBSIZE" => ":1\r\n",
                _ => "+OK\r\n",
            };
        }
        TestClient client = gateway.Connect();
        var received = new StringBuilder();
        int at = 0;
        foreach (int end in cuts.Append(stream.Length))
        {
            while (at < end && !client.IsClosed)
            {
                int sent = client.TrySendRaw(stream[at..end]);
                at += sent;
                received.Append(client.Take());
                if (sent == 0 && (client.IsClosed || client.Peer.InputEnded)) break;
            }
        }
        received.Append(client.Take());
        string log = string.Join('\n', gateway.Shard("a").Log) + "\n--\n" + string.Join('\n', gateway.Shard("b").Log);
        return $"{received}\n--\n{log}\n--\n{client.IsClosed}";
    }
}
