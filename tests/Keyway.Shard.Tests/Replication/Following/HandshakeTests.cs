using System.Text;
using Keyway.Shard.Replication.Following;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Shard.Tests.Replication.Following;

public sealed class HandshakeTests
{
    private const string Id = "917901f75c8481017349022b16c9d9d29276627b";
    private const string OtherId = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly HandshakePlan Newcomer = new([], [], 7002, [], HistoryId: null, NextByte: 1);

    [Fact]
    public void Greets_introduces_itself_and_asks_for_everything()
    {
        Handshake handshake = Begin(Newcomer);

        Assert.Equal("*1\r\n$4\r\nPING\r\n", Said(handshake));
        Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, "+PONG"));
        Assert.Equal(
            "*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n7002\r\n*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n",
            Said(handshake));
        Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, "+OK"));
        Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, "+OK"));
        Assert.Equal("*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n", Said(handshake));
        Assert.Equal(HandshakeOutcome.BeginsAnew, Take(handshake, $"+FULLRESYNC {Id} 187"));
        Assert.Equal((Id, 187), (handshake.HistoryId, handshake.Offset));
    }

    [Fact]
    public void Gives_name_password_and_address_where_it_has_them()
    {
        Handshake handshake = Begin(Newcomer with { User = "app"u8.ToArray(), Password = "secret"u8.ToArray(), Address = "10.0.0.9"u8.ToArray() });

        Said(handshake);
        Take(handshake, "-NOAUTH Authentication required.");
        Assert.Equal(
            "*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$6\r\nsecret\r\n*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n7002\r\n"
            + "*3\r\n$8\r\nREPLCONF\r\n$10\r\nip-address\r\n$8\r\n10.0.0.9\r\n*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n",
            Said(handshake));
        foreach (string reply in (string[])["+OK", "+OK", "+OK", "+OK"]) Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, reply));
        Assert.StartsWith("*3\r\n$5\r\nPSYNC", Said(handshake), StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_a_password_without_a_name()
    {
        Handshake handshake = Begin(Newcomer with { Password = "secret"u8.ToArray() });

        Said(handshake);
        Take(handshake, "+PONG");

        Assert.StartsWith("*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*3\r\n", Said(handshake), StringComparison.Ordinal);
        Assert.Equal(HandshakeOutcome.Fails, Take(handshake, "-WRONGPASS invalid username-password pair or user is disabled."));
    }

    [Theory]
    [InlineData("+PONG", true)]
    [InlineData("-NOAUTH Authentication required.", true)]
    [InlineData("-NOPERM this user has no permissions", true)]
    [InlineData("-ERR operation not permitted", true)]
    [InlineData("-ERR max number of clients reached", false)]
    [InlineData("-DENIED Redis is running in protected mode", false)]
    [InlineData("$4", false)]
    [InlineData("", false)]
    public void Knows_a_master_by_its_answer_to_the_greeting(string reply, bool isOne)
    {
        Handshake handshake = Begin(Newcomer);
        Said(handshake);

        Assert.Equal(isOne ? HandshakeOutcome.GoesOn : HandshakeOutcome.Fails, Take(handshake, reply));
    }

    [Fact]
    public void Does_not_mind_a_master_that_knows_nothing_of_ports()
    {
        Handshake handshake = Introduced(Newcomer, "-ERR unknown command", "-ERR unknown command");

        Assert.StartsWith("*3\r\n$5\r\nPSYNC", Said(handshake), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+CONTINUE", Id)]
    [InlineData($"+CONTINUE {Id}", Id)]
    [InlineData($"+CONTINUE {OtherId}", OtherId)]
    [InlineData("+CONTINUE short", Id)]
    public void Goes_on_from_the_byte_that_it_lacks(string reply, string id)
    {
        Handshake handshake = Introduced(Newcomer with { HistoryId = Id, NextByte = 214 }, "+OK", "+OK");

        Assert.Equal($"*3\r\n$5\r\nPSYNC\r\n$40\r\n{Id}\r\n$3\r\n214\r\n", Said(handshake));
        Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, ""));
        Assert.Equal(HandshakeOutcome.Continues, Take(handshake, reply));
        Assert.Equal(id, handshake.HistoryId);
    }

    [Fact]
    public void Tells_a_replica_to_take_over()
    {
        Handshake handshake = Introduced(Newcomer with { HistoryId = Id, NextByte = 9, IsFailover = true }, "+OK", "+OK");

        Assert.Equal($"*4\r\n$5\r\nPSYNC\r\n$40\r\n{Id}\r\n$1\r\n9\r\n$8\r\nFAILOVER\r\n", Said(handshake));
    }

    [Theory]
    [InlineData("-NOMASTERLINK Can't SYNC while not connected with my master")]
    [InlineData("-LOADING Redis is loading the dataset in memory")]
    public void Comes_back_later_to_a_master_that_cannot_just_now(string reply)
    {
        Handshake handshake = Introduced(Newcomer, "+OK", "+OK");
        Said(handshake);

        Assert.Equal(HandshakeOutcome.Fails, Take(handshake, reply));
        Assert.Equal("", Said(handshake));
    }

    [Theory]
    [InlineData("-ERR unknown command 'PSYNC'")]
    [InlineData("-NOAUTH Authentication required.")]
    [InlineData("+CONTINUE")]      // of what?
    [InlineData("+OK")]
    public void Falls_back_to_the_old_command(string reply)
    {
        Handshake handshake = Introduced(Newcomer, "+OK", "+OK");
        Said(handshake);

        Assert.Equal(HandshakeOutcome.BeginsUncounted, Take(handshake, reply));
        Assert.Equal("SYNC\r\n", Said(handshake));
        Assert.Equal("", handshake.HistoryId);
    }

    [Theory]
    [InlineData("+FULLRESYNC")]
    [InlineData("+FULLRESYNC ")]
    [InlineData($"+FULLRESYNC {Id}")]
    [InlineData($"+FULLRESYNC {Id} x")]
    [InlineData($"+FULLRESYNC {Id} -1")]
    [InlineData($"+FULLRESYNC {Id} 99999999999999999999")]
    [InlineData("+FULLRESYNC 917901f75c 5")]
    [InlineData("+FULLRESYNC 917901f75c8481017349022b16c9d9d29276627! 5")]
    public void Takes_data_but_no_name_from_a_reply_that_makes_no_sense(string reply)
    {
        Handshake handshake = Introduced(Newcomer, "+OK", "+OK");
        Said(handshake);

        Assert.Equal(HandshakeOutcome.BeginsUncounted, Take(handshake, reply));
        Assert.Equal(("", ""), (handshake.HistoryId, Said(handshake)));
    }

    private static Handshake Begin(HandshakePlan plan)
    {
        var handshake = new Handshake(plan, NullLogger.Instance);
        handshake.Begin();
        return handshake;
    }

    private static Handshake Introduced(HandshakePlan plan, string toPort, string toCapabilities)
    {
        Handshake handshake = Begin(plan);
        Take(handshake, "+PONG");
        Take(handshake, toPort);
        Said(handshake);
        Assert.Equal(HandshakeOutcome.GoesOn, Take(handshake, toCapabilities));
        return handshake;
    }

    private static HandshakeOutcome Take(Handshake handshake, string line) => handshake.Take(Encoding.ASCII.GetBytes(line));

    private static string Said(Handshake handshake)
    {
        string said = Encoding.ASCII.GetString(handshake.Output);
        handshake.ClearOutput();
        return said;
    }
}
