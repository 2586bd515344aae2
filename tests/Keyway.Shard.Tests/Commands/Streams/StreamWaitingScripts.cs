using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Streams;

/// <summary>Clients that wait for entries, compared with a real server.</summary>
public sealed class StreamWaitingScripts
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Readers_wait_and_are_served_as_redis_has_it(int protocol)
    {
        using SideBySide both = Start();
        foreach (string client in (string[])["A", "B", "C", "D", "E"]) both.Play($"{client}: HELLO {protocol}");
        both.Play("""
            # From what comes now, from what was, from several, served by the one that comes
            A: XREAD BLOCK 0 STREAMS s $
            B: XREAD BLOCK 0 STREAMS s 0
            C: XREAD COUNT 1 BLOCK 0 STREAMS t s 5 $
            D: XADD s 1-1 a 1
            A: XREAD BLOCK 0 STREAMS s $
            B: XREAD BLOCK 0 STREAMS s 0
            C: XREAD BLOCK 10000 STREAMS s s t 1-1 0 5
            A: PING
            C: XREAD BLOCK 0 STREAMS s s $ 1-0
            C: XREAD BLOCK 0 STREAMS t s $ $
            D: XADD t 9-1 a 1
            D: XADD s 2-1 a 1
            # What is not greater than what was asked for
            A: XREAD BLOCK 0 STREAMS s 5
            D: XADD s 3-1 a 1
            D: XADD s 6-1 a 1
            # What has gone before it is served
            A: XREAD BLOCK 0 STREAMS s $
            D: MULTI
            D: XADD s 7-1 a 1
            D: XDEL s 7-1
            D: EXEC
            A: XREAD BLOCK 0 STREAMS s $
            D: MULTI
            D: XADD s 8-1 a 1
            D: XADD s 8-2 b 2
            D: XTRIM s MAXLEN 1
            D: EXEC
            # Another kind, and none
            A: XREAD BLOCK 0 STREAMS u $
            D: SET u 1
            D: DEL u
            D: XADD u 1-1 a 1
            A: XREAD BLOCK 0 STREAMS u $
            D: DEL u
            D: XADD u 0-1 a 1
            D: XADD u 2-1 a 1
            # In a transaction nobody waits
            A: MULTI
            A: XREAD BLOCK 0 STREAMS u $
            A: XREAD BLOCK 0 STREAMS u 0
            A: EXEC
            A: XREAD BLOCK 150 STREAMS u $
            D: DEBUG SLEEP 0.3
            A: XREAD BLOCK -1 STREAMS u $
            A: XREAD BLOCK x STREAMS u $
            A: XREAD BLOCK 1.5 STREAMS u $
            A: XREAD BLOCK 0 STREAMS x $
            D: RENAME u x
            D: XADD x 3-1 b 2
            A: XREAD BLOCK 0 STREAMS y $
            D: COPY x y
            A: XREAD BLOCK 0 STREAMS k $
            D: CLIENT UNBLOCK 99
            D: SELECT 1
            D: XADD k 1-1 a 1
            D: SWAPDB 0 1
            A: XREAD COUNT 2 BLOCK 0 STREAMS many 0
            D: MULTI
            D: XADD many 1-1 a 1
            D: XADD many 2-1 a 1
            D: XADD many 3-1 a 1
            D: EXEC
            """);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Members_of_groups_wait_and_are_served_as_redis_has_it(int protocol)
    {
        using SideBySide both = Start();
        foreach (string client in (string[])["A", "B", "C", "D", "E"]) both.Play($"{client}: HELLO {protocol}");
        both.Play("""
            D: XGROUP CREATE s g $ MKSTREAM
            D: XGROUP CREATE s h $
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            B: XREADGROUP GROUP g b COUNT 1 BLOCK 0 STREAMS s >
            C: XREADGROUP GROUP h c NOACK BLOCK 0 STREAMS s >
            D: XADD s 1-1 a 1
            D: XADD s 2-1 a 1
            D: XINFO STREAM s FULL
            # Each entry to one of them
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            B: XREADGROUP GROUP g b BLOCK 0 STREAMS s >
            D: MULTI
            D: XADD s 3-1 a 1
            D: XADD s 3-2 a 1
            D: EXEC
            D: XADD s 4-1 a 1
            # Who reads what it has does not wait
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s 0
            A: XREADGROUP GROUP g nobody BLOCK 0 STREAMS s 0
            D: XINFO STREAM s FULL
            # The group goes
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            B: XREADGROUP GROUP h c BLOCK 0 STREAMS s >
            D: XGROUP DESTROY s g
            D: XGROUP SETID s h $
            # The key goes, or becomes another
            D: DEL s
            D: XGROUP CREATE s g $ MKSTREAM
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: SET s x
            D: DEL s
            D: XGROUP CREATE s g $ MKSTREAM
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: RENAME s t
            D: XGROUP CREATE s g $ MKSTREAM
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: FLUSHALL
            D: XGROUP CREATE s g $ MKSTREAM
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: PEXPIRE s 100
            D: DEBUG SLEEP 0.3
            D: EXISTS s
            D: XGROUP CREATE s g $ MKSTREAM
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: MULTI
            D: DEL s
            D: XADD s 1-1 a 1
            D: XGROUP CREATE s g 0
            D: EXEC
            D: XADD s 2-1 a 1
            # Deleted before it is served
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            D: MULTI
            D: XADD s 9-1 a 1
            D: XDEL s 9-1
            D: EXEC
            D: XADD s 10-1 a 1
            D: XINFO STREAM s FULL
            A: MULTI
            A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
            A: EXEC
            A: XREADGROUP GROUP g a BLOCK 150 STREAMS s >
            D: DEBUG SLEEP 0.3
            """);
    }

    // Times of now differ, and so do clients' numbers and the time since a consumer was seen.
    private static SideBySide Start() => new()
    {
        Mask = text => Regex.Replace(Regex.Replace(text, @"\b17\d{11}\b", "time"), @"\$2\\r\\nid\\r\\n:\d+", "id"),
    };
}
