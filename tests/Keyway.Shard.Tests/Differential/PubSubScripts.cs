using System.Text.RegularExpressions;

namespace Keyway.Shard.Tests.Differential;

/// <summary>Channels, patterns and shard channels between several clients, compared with a real server.</summary>
public sealed class PubSubScripts
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_and_confirmations_come_as_redis_sends_them(int protocol)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}\nB: HELLO {protocol}\nC: HELLO 3");
        both.Play("""
            A: SUBSCRIBE
            A: SUBSCRIBE x y x
            B: PUBLISH x hello
            B: PUBLISH nobody hello
            B: PUBLISH x
            A: PING
            A: PING hi
            A: PING a b
            A: GET k
            A: CLIENT GETNAME
            A: NOSUCH
            A: GET
            A: DISCARD
            A: UNSUBSCRIBE z
            A: UNSUBSCRIBE x
            A: PSUBSCRIBE h?llo w* x[ae]llo
            B: PUBLISH hello world
            B: PUBLISH hxllo world
            B: PUBSUB NUMSUB y hello nobody
            B: PUBSUB NUMPAT
            C: PSUBSCRIBE w*
            B: PUBSUB NUMPAT
            B: PUBSUB CHANNELS [y]
            B: PUBSUB CHANNELS y*
            B: PUBSUB CHANNELS z*
            B: PUBSUB CHANNELS a b
            B: PUBSUB NOSUCH
            B: PUBSUB
            B: PUBSUB HELP
            A: SSUBSCRIBE s1 s2
            B: SPUBLISH s1 m
            B: PUBLISH s1 m
            B: SPUBLISH y m
            B: PUBSUB SHARDCHANNELS s2
            B: PUBSUB SHARDNUMSUB s1 s2 s3
            B: PUBSUB SHARDNUMSUB
            B: PUBSUB NUMSUB
            A: SUNSUBSCRIBE s1
            A: SUNSUBSCRIBE
            A: SUNSUBSCRIBE
            A: PUNSUBSCRIBE w*
            A: PUNSUBSCRIBE nosuch
            A: UNSUBSCRIBE
            A: UNSUBSCRIBE
            B: PUBLISH hello world
            A: PUNSUBSCRIBE h?llo x[ae]llo
            A: PUNSUBSCRIBE
            A: SET k 1
            # who sends to himself
            C: SUBSCRIBE self
            C: PUBLISH self m
            C: GET k
            C: <raw> PUBLISH self 1\r\nGET k\r\nPUBLISH self 2\r\n
            # in transactions
            A: MULTI
            A: SUBSCRIBE t
            A: PING
            A: PUBLISH t m
            A: UNSUBSCRIBE t
            A: GET k
            A: EXEC
            A: PING
            B: MULTI
            B: PUBLISH self m
            B: SET k 2
            B: EXEC
            # silenced replies: pushes are heard
            C: CLIENT REPLY OFF
            C: SUBSCRIBE z
            C: GET k
            B: PUBLISH z m
            C: CLIENT REPLY ON
            # names are bytes
            C: SUBSCRIBE "\0\r\n\xff" ""
            B: PUBLISH "\0\r\n\xff" "a\r\nb"
            B: PUBLISH "" ""
            C: PSUBSCRIBE "" *
            B: PUBLISH "" x
            B: PUBLISH "y" ""
            C: RESET
            C: UNSUBSCRIBE
            B: PUBSUB CHANNELS
            B: PUBSUB NUMPAT
            A: SUBSCRIBE x
            A: QUIT
            B: PUBSUB NUMSUB x
            D: SUBSCRIBE x
            D: RESET
            D: GET k
            D: SUBSCRIBE x
            D: <close>
            B: PING
            B: PUBSUB NUMSUB x
            """);
    }

    [Fact]
    public void A_subscriber_that_changes_its_protocol_is_judged_by_the_new_one()
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play("""
            A: HELLO 3
            A: SUBSCRIBE x
            A: GET k
            A: HELLO 2
            A: GET k
            A: HELLO 3
            A: UNSUBSCRIBE
            B: PUBLISH x m
            A: GET k
            """);
    }
}
