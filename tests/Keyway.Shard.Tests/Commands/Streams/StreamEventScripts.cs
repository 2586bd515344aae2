using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Streams;

/// <summary>What listeners to keyspace events hear of streams, compared with a real server.</summary>
public sealed class StreamEventScripts
{
    [Fact]
    public void Each_change_is_told_in_redis_words_and_order()
    {
        using var both = new SideBySide("--notify-keyspace-events", "KEAn");
        both.Play("""
            L: PSUBSCRIBE __key*
            D: XADD s 1-1 a 1
            D: XADD s 2-1 a 1
            D: XADD s NOMKSTREAM MAXLEN 1 3-1 a 1
            D: XADD nokey NOMKSTREAM 3-1 a 1
            D: XADD s 3-1 a 1
            D: XADD s MINID ~ 0 4-1 a 1
            D: XTRIM s MAXLEN 5
            D: XTRIM s MAXLEN 1
            D: XDEL s 9-9
            D: XDEL s 4-1
            D: XSETID s 20-1
            D: XGROUP CREATE s g 0
            D: XGROUP CREATE s g 0
            D: XGROUP CREATE t g 0 MKSTREAM
            D: XGROUP SETID s g 0
            D: XGROUP CREATECONSUMER s g c
            D: XGROUP CREATECONSUMER s g c
            D: XADD s 21-1 a 1
            D: XREADGROUP GROUP g d STREAMS s >
            D: XREADGROUP GROUP g d STREAMS s >
            D: XREADGROUP GROUP g e NOACK STREAMS s 0
            D: XCLAIM s g f 0 21-1
            D: XCLAIM s g f2 0 99-1
            D: XAUTOCLAIM s g h 0 0
            D: XACK s g 21-1
            D: XGROUP DELCONSUMER s g f
            D: XGROUP DELCONSUMER s g nobody
            D: XGROUP DESTROY s g
            D: XGROUP DESTROY s g
            D: XRANGE nokey - +
            W: XGROUP CREATE s g $
            W: XREADGROUP GROUP g w BLOCK 0 STREAMS s >
            D: XADD s 30-1 a 1
            D: DEL s
            """);
    }
}
