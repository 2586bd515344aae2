using System.Text;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Testing;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>Broken and odd input through the whole gateway. The long form is a command of the benchmark program.</summary>
public class FuzzTests
{
    private static readonly string[] Words =
    [
        "a:1", "b:1", "a:2", "", "0", "1", "2", "-1", "99", "2147483647", "x", "STORE", "STOREDIST", "BY", "GET", "STREAMS", "GROUP", "BLOCK", "COUNT", "LIMIT", "KEYS", "WEIGHTS", "*", "LEFT", ">", "$", "\r\n", "3",
    ];

    [Fact]
    public void Requests_of_any_shape_do_the_same_however_they_are_cut()
    {
        var fuzz = new RespFuzz(1);
        var random = new Random(2);
        TestGateway gateway = Quick();
        for (int i = 0; i < 1500; i++)
        {
            byte[] stream = fuzz.NextRequests();
            if (random.Next(3) > 0) stream = fuzz.Mutate(stream);
            string whole = Run(gateway, stream, []);
            Assert.Equal(whole, Run(gateway, stream, fuzz.NextCuts(stream.Length)));
            if (i % 20 == 0) Assert.Equal(whole, Run(gateway, stream, RespFuzz.EveryByte(stream.Length)));
        }
        Assert.Equal("+PONG\r\n", gateway.Connect().Ask("PING"));
    }

    [Fact]
    public void Any_command_with_any_arguments_gets_exactly_one_reply_and_what_is_refused_reaches_no_shard()
    {
        var random = new Random(3);
        TestGateway gateway = Quick();
        Command[] commands = [.. CommandTable.All];
        TestClient client = gateway.Connect();
        for (int i = 0; i < 6000; i++)
        {
            Command command = commands[random.Next(commands.Length)];
            if (command.Name is "quit" or "hello" or "select" or "monitor" or "client|pause" or "client|reply" or "client|kill") continue;
            string[] name = command.Name.Split('|');
            string[] request = [.. name, .. Enumerable.Range(0, random.Next(0, 7)).Select(_ => Words[random.Next(Words.Length)])];
            client.SendRaw(TestClient.Encode(request));
            string reply = client.Take();

            // One word for each channel; and then it may ask for nothing else.
            bool listens = Routing.RouteTable.Of(command) == Routing.RouteKind.Subscription && !reply.StartsWith('-');
            int expected = listens ? Math.Max(1, request.Length - 1) : 1;
            Assert.True(CountReplies(reply) == expected, $"{string.Join(' ', request)} got {reply}");
            Assert.False(client.IsClosed, string.Join(' ', request));
            if (listens) Assert.Equal("+RESET\r\n", client.Ask("RESET"));
        }
        foreach (string line in gateway.Shard("a").Log.Concat(gateway.Shard("b").Log))
        {
            // The gateway's own question, when somebody walks through the keys.
            if (line == "INFO server") continue;
            Command? command = CommandTable.Find(Encoding.Latin1.GetBytes(line.Split(' ')[0]));
            Assert.NotNull(command);
            Assert.True(RoutedToShards(command), line);
        }
    }

    private static bool RoutedToShards(Command command) =>
        command.IsContainer ? command.Subcommands.Any(RoutedToShards) : Routing.RouteTable.Of(command) is not (Routing.RouteKind.Refused or Routing.RouteKind.Local);

    // -1 for what is no whole number of replies.
    private static int CountReplies(string replies)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(replies);
        int count = 0;
        for (int at = 0; at < bytes.Length; count++)
        {
            ReplyScanner scanner = default;
            if (scanner.Scan(bytes.AsSpan(at), out int consumed) != ReplyStatus.Complete) return -1;
            at += consumed;
        }
        return count;
    }

    private static TestGateway Quick()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        foreach (string name in new[] { "a", "b" }) gateway.Shard(name).Answer = request => $"${request.Length}\r\n{request}\r\n";
        return gateway;
    }

    private static string Run(TestGateway gateway, byte[] stream, int[] cuts)
    {
        int before = gateway.Shard("a").Log.Count;
        int beforeOfB = gateway.Shard("b").Log.Count;
        TestClient client = gateway.Connect();
        int at = 0;
        foreach (int end in cuts.Append(stream.Length))
        {
            client.TrySendRaw(Encoding.Latin1.GetString(stream, at, end - at));
            at = end;
        }
        string received = client.Take();
        string log = string.Join('\n', gateway.Shard("a").Log.Skip(before)) + "\n--\n" + string.Join('\n', gateway.Shard("b").Log.Skip(beforeOfB));
        bool closed = client.IsClosed;
        client.Peer.Abort();
        gateway.Settle();
        return $"{received}\n--\n{log}\n--\n{closed}";
    }
}
