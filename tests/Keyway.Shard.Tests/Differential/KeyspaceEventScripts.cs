namespace Keyway.Shard.Tests.Differential;

/// <summary>What a listener hears of each command, compared with a real server.</summary>
public sealed class KeyspaceEventScripts
{
    [Theory]
    [InlineData("KEA")]
    [InlineData("KEAmn")]
    [InlineData("Kg$")]
    [InlineData("Ex")]
    [InlineData("Emn")]
    [InlineData("A")]
    [InlineData("K")]
    public void Listeners_hear_what_redis_tells_them(string classes)
    {
        using var both = new SideBySide();
        both.Play($"S: PSUBSCRIBE __key*\nA: CONFIG SET notify-keyspace-events {classes}\nA: CONFIG GET notify-keyspace-events\nA: DEBUG SET-ACTIVE-EXPIRE 0");
        both.Play("""
            A: SET a 1
            A: SET a 2 EX 100
            A: SET a 2 PXAT 9999999999999
            A: SET a 3 KEEPTTL
            A: SET a 4 NX
            A: SET b 4 XX
            A: SET a 5 GET
            A: SET b 5 GET NX
            A: SETNX a 1
            A: SETNX c 1
            A: SETEX a 100 x
            A: PSETEX a 100000 x
            A: GETSET a 1
            A: GETSET new 1
            A: GETDEL new
            A: GETDEL new
            A: GETEX a EX 100
            A: GETEX a PERSIST
            A: GETEX a PERSIST
            A: GETEX a
            A: GETEX nokey EX 100
            A: GETEX c PXAT 1
            A: MSET x 1 y 2 x 3
            A: MSETNX x 1 z 2
            A: MSETNX u 1 v 2
            A: MGET x nokey y
            A: APPEND x 1
            A: APPEND app 1
            A: SETRANGE x 3 1
            A: SETRANGE x 3 ""
            A: SETRANGE nosr 0 ""
            A: SETRANGE sr 1 x
            A: INCR n
            A: DECR n
            A: INCRBY n 5
            A: DECRBY n 5
            A: INCRBYFLOAT n 0.5
            A: INCR x
            A: INCRBYFLOAT fl 1
            A: STRLEN nokey
            A: STRLEN n
            A: GETRANGE nokey 0 1
            A: LCS x y
            A: DEL nokey
            A: DEL u v nokey
            A: UNLINK y
            A: EXISTS a nokey
            A: TOUCH a nokey
            A: TYPE a
            A: TYPE nokey
            A: TTL nokey
            A: OBJECT ENCODING nokey
            A: EXPIRE a 100
            A: EXPIRE a 100 NX
            A: PEXPIRE a 100000
            A: EXPIREAT a 9999999999
            A: PERSIST a
            A: PERSIST a
            A: EXPIRE nokey 1
            A: EXPIRE a -1
            A: SET a 1
            A: RENAME a a2
            A: RENAME nokey a
            A: RENAME a2 a2
            A: SET a3 1
            A: RENAME a2 a3
            A: RENAMENX a3 n
            A: RENAMENX a3 a4
            A: COPY a4 a5
            A: COPY a4 a5
            A: COPY a4 a5 REPLACE
            A: COPY a4 a5 DB 3
            A: COPY nokey a5
            A: MOVE a4 4
            A: MOVE a4 4
            A: SELECT 4
            A: SET four 1
            A: SELECT 0
            A: SWAPDB 0 5
            A: SWAPDB 0 5
            A: SCAN 0 COUNT 100 MATCH nosuch
            A: SET e 1 PX 1
            A: DEBUG SLEEP 0.01
            A: GET e
            A: SET e 1 PX 1
            A: DEBUG SLEEP 0.01
            A: SET e 2
            A: SET e 1 PX 1
            A: DEBUG SLEEP 0.01
            A: EXISTS e
            A: SET e 1 PX 1
            A: DEBUG SLEEP 0.01
            A: DEL e
            A: SET e 1 PX 1
            A: DEBUG SLEEP 0.01
            A: OBJECT ENCODING e
            A: MULTI
            A: SET m 1
            A: DEL m
            A: EXEC
            A: RPUSH l 1 2 3
            A: LPUSH l 0
            A: RPUSHX l 4
            A: RPUSHX nol 4
            A: LPOP l
            A: RPOP l 2
            A: LINSERT l BEFORE 1 x
            A: LINSERT l BEFORE nosuch x
            A: LSET l 0 y
            A: LREM l 1 y
            A: LTRIM l 0 0
            A: LMOVE l l2 LEFT RIGHT
            A: LMPOP 1 l2 LEFT
            A: RPUSH l a b
            A: RPOPLPUSH l l
            A: LRANGE nol 0 1
            A: BLPOP l 0
            A: LTRIM l 5 9
            B: BLPOP bl 0
            A: RPUSH bl 1
            B: BLMOVE bl bl2 LEFT LEFT 0
            A: RPUSH bl 1 2
            B: BRPOPLPUSH bl3 bl2 0
            A: RPUSH bl3 1
            B: BLMPOP 0 2 bl4 bl5 LEFT COUNT 2
            A: RPUSH bl5 1 2 3
            A: SADD s a b c
            A: SADD s a
            A: SREM s a
            A: SMOVE s s2 b
            A: SREM s c
            A: SINTERSTORE d s s2
            A: SUNIONSTORE d s2
            A: SINTERSTORE d s nokey
            A: HSET h a 1 b 2
            A: HSETNX h c 1
            A: HINCRBY h a 1
            A: HINCRBYFLOAT h a 1
            A: HDEL h a nosuch
            A: HDEL h b c
            A: SETBIT bit 1 1
            A: BITFIELD bit SET u8 0 7 INCRBY u8 0 1
            A: BITOP AND dest bit
            A: BITOP AND dest nokey
            A: PFADD hll a
            A: PFADD hll a
            A: PFMERGE hll2 hll
            A: PFCOUNT hll
            A: FLUSHDB
            A: FLUSHALL
            """);
    }

    [Fact]
    public void Classes_are_shown_as_redis_shows_them()
    {
        using var both = new SideBySide();
        foreach (string classes in (string[])["", "K", "KEA", "AKE", "g$lshzxetdKEmn", "g$lshzxetd", "nK", "mnKA", "An", "nmEKg", "xn", "q", "Ex", "KEd", "AKEmn", "t$"])
        {
            both.Play($"A: CONFIG SET notify-keyspace-events \"{classes}\"");
            both.Play("A: CONFIG GET notify-keyspace-events");
        }
    }
}
