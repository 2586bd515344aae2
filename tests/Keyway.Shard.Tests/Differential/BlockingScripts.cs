namespace Keyway.Shard.Tests.Differential;

/// <summary>Clients that wait for keys, in all the ways in which a key can come to be, compared with a real server.</summary>
public sealed class BlockingScripts
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Waiting_clients_are_served_as_redis_serves_them(int protocol)
    {
        using var both = new SideBySide { Mask = text => System.Text.RegularExpressions.Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        foreach (string client in (string[])["A", "B", "C", "D"]) both.Play($"{client}: HELLO {protocol}");
        both.Play("""
            # in order of arrival
            A: BLPOP k 0
            B: BLPOP k 0
            C: BLPOP k 0
            W: RPUSH k 1
            W: RPUSH k 2 3
            W: LRANGE k 0 -1
            # more elements than clients
            A: BLPOP k 0
            W: RPUSH k 1 2 3
            W: LRANGE k 0 -1
            W: DEL k
            # several keys: the one that is first ready, then the first that is named
            A: BLPOP a b c 0
            W: RPUSH b 1
            A: BLPOP a b c 0
            W: MULTI
            W: RPUSH c 1
            W: RPUSH a 1
            W: EXEC
            A: BRPOP a b c 0
            A: BRPOP a a 0
            B: BLPOP a 0
            W: RPUSH a 1
            W: RPUSH a 2
            # a transaction serves when it has ended, with what is left
            A: BLPOP k 0
            W: MULTI
            W: RPUSH k 1
            W: LPOP k
            W: EXEC
            W: MULTI
            W: RPUSH k 1
            W: DEL k
            W: SADD k x
            W: EXEC
            W: MULTI
            W: DEL k
            W: RPUSH k 1 2
            W: EXEC
            W: DEL k
            # the wrong type keeps it waiting
            A: BLPOP k 0
            B: BLPOP k 0
            W: SET k x
            W: APPEND k y
            W: DEL k
            W: SADD k x
            W: DEL k
            W: RPUSH k v
            W: RPUSH k v
            W: SET k x
            A: BLPOP k 0
            A: BLPOP nokey k 0
            W: DEL k
            # moves
            A: BLMOVE src dst LEFT RIGHT 0
            B: BLPOP dst 0
            W: RPUSH src x y
            W: LRANGE src 0 -1
            W: DEL src
            A: BLMOVE src dst LEFT RIGHT 0
            W: SET dst str
            W: RPUSH src x
            W: LRANGE src 0 -1
            W: DEL src dst
            A: BRPOPLPUSH src src 0
            W: RPUSH src x y
            W: LRANGE src 0 -1
            A: BLMOVE a b LEFT LEFT 0
            B: BLMOVE b c LEFT LEFT 0
            C: BLMOVE c d LEFT LEFT 0
            D: BLPOP d 0
            W: LPUSH a x
            W: KEYS *
            A: BLMPOP 0 2 a b LEFT COUNT 10
            W: RPUSH b 1 2 3
            # how else keys come to be
            A: BLPOP k 0
            W: RPUSH other 1 2
            W: RENAME other k
            W: LRANGE k 0 -1
            A: BLPOP k2 0
            W: COPY k k2
            A: BLPOP m 0
            W: SELECT 1
            W: RPUSH m 1
            W: MOVE m 0
            W: SELECT 0
            A: BLPOP sw 0
            W: SELECT 1
            W: RPUSH sw 1
            W: SWAPDB 0 1
            W: EXISTS sw
            W: FLUSHALL
            W: SELECT 0
            A: BLPOP k 0
            W: LPUSHX k 1
            W: RPUSH s 3 1 2
            W: SORT s STORE k
            W: FLUSHALL
            # in another database
            A: SELECT 2
            A: BLPOP k 0
            W: RPUSH k 1
            W: SELECT 2
            W: RPUSH k 2
            W: SELECT 0
            A: SELECT 0
            W: FLUSHALL
            # what was piped in
            A: <raw> BLPOP p 0\r\nPING\r\nBLPOP p 0\r\nECHO end\r\n
            A: PING
            W: RPUSH p 1
            W: RPUSH p 2
            # a transaction never waits
            A: MULTI
            A: BLPOP k 0
            A: BLMOVE k j LEFT LEFT 0
            A: BLMPOP 0 1 k LEFT
            A: BRPOPLPUSH k j 0
            A: EXEC
            # time-outs
            A: BLPOP k x
            A: BLPOP k -1
            A: BLPOP k inf
            A: BLPOP k nan
            A: BLPOP k 1e30
            A: BLPOP k 0x1p70
            A: BLPOP k ""
            A: BLMPOP x 1 k LEFT
            A: BLMOVE a b LEFT LEFT -0.1
            # silence
            A: CLIENT REPLY OFF
            A: BLPOP k 0
            W: RPUSH k 1
            A: CLIENT REPLY ON
            A: <raw> CLIENT REPLY SKIP\r\nBLPOP k 0\r\nPING\r\n
            W: RPUSH k 1
            A: PING
            # hanging up
            A: BLPOP k 0
            B: BLPOP k 0
            A: <close>
            W: PING
            W: RPUSH k 1
            W: EXISTS k
            # pushes by a client that waits itself
            C: <raw> RPUSH z 1\r\nBLPOP y 0\r\n
            D: BLPOP z 0
            D: <raw> BLPOP z 0\r\nRPUSH y 5\r\n
            W: RPUSH z 6
            # served while it watches
            W: WATCH wk
            D: BLPOP wk 0
            C: RPUSH wk 1
            W: MULTI
            W: PING
            W: EXEC
            """);
    }
}
