using Keyway.Gateway.Sessions;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.CrossLoop;

/// <summary>What concerns all loops is asked of each on its own thread; who asked goes on meanwhile and gets its answer in its place.</summary>
public sealed class LoopQuestionsTests
{
    [Fact]
    public void Every_loop_answers_and_the_answers_keep_their_order()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: 3);
        int[]? answers = null;
        gateway.Server.Loops[1].Info.Questions.Ask(gateway.Server.Loops[1], loop => loop.Number, all => answers = all);
        Assert.Null(answers);

        gateway.Settle();

        Assert.Equal([0, 1, 2], answers!);
    }

    [Fact]
    public void What_all_are_told_reaches_the_teller_at_once()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        var told = new List<int>();
        gateway.Server.Loops[0].Info.Questions.TellAll(gateway.Server.Loops[0], loop => told.Add(loop.Number));
        Assert.Equal([0], told);

        gateway.Settle();

        Assert.Equal([0, 1], told);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_answer_takes_its_place_between_what_was_asked_before_and_after_it(int loops)
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: loops);
        TestClient client = gateway.Connect();
        ClientSession session = gateway.Server.Loops.SelectMany(loop => loop.Sessions).Single();
        client.Send("GET a:1");

        session.Loop.Info.Questions.AskFor(session, loop => loop.ClientCount, (counts, reply, _) => reply.WriteInteger(counts.Sum()));
        client.Send("PING");
        gateway.Settle();
        client.ReceivedNothing();

        gateway.Shard("a").Reply("$1\r\nx\r\n");
        client.Received("$1\r\nx\r\n:1\r\n+PONG\r\n");
    }

    [Fact]
    public void An_answer_larger_than_the_stash_keeps_takes_its_place_too()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        TestClient client = gateway.Connect();
        ClientSession session = gateway.Server.Loops.SelectMany(loop => loop.Sessions).Single();
        client.Send("GET a:1");
        string large = new('x', 300_000);

        session.Loop.Info.Questions.AskFor(session, loop => 0, (_, reply, _) => reply.WriteBulk(large));
        gateway.Settle();
        gateway.Shard("a").Reply("$-1\r\n");

        client.Received($"$-1\r\n$300000\r\n{large}\r\n");
    }

    [Fact]
    public void An_answer_for_a_client_that_has_left_goes_to_nobody()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        TestClient client = gateway.Connect();
        ClientSession session = gateway.Server.Loops.SelectMany(loop => loop.Sessions).Single();
        uint sequence = session.Expect();
        client.Peer.Abort();
        gateway.Settle();

        session.Answer(sequence, "+late\r\n"u8);

        Assert.True(session.IsClosed);
        gateway.Settle();
    }

    [Fact]
    public void The_second_answer_to_a_request_is_nobodys()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        ClientSession session = gateway.Server.Loops[0].Sessions.Single();
        client.Send("GET a:1");
        uint sequence = session.Expect();

        session.Answer(sequence, "+first\r\n"u8);
        session.Answer(sequence, "+second\r\n"u8);
        gateway.Shard("a").Reply("$-1\r\n");
        session.Answer(sequence, "+third\r\n"u8);

        client.Received("$-1\r\n+first\r\n");
    }
}
