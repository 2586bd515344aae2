using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.SortedSets;

/// <summary>What clients see of sorted sets beside what they see of those of a real redis-server, byte for byte.</summary>
public sealed class SortedSetScriptTests
{
    private const string Errors = """
        A: SET s v
        A: ZADD z 1 a 2 b 3 c
        A: ZADD z nx
        A: ZADD z nx 1
        A: ZADD z nx xx 1 a
        A: ZADD z gt nx 1 a
        A: ZADD z gt lt 1 a
        A: ZADD z incr 1 a 2 b
        A: ZADD z incr nx xx gt 1 a 2
        A: ZADD s 1 a x b
        A: ZADD s 1 a 2 b
        A: ZADD s xx 1 a
        A: ZADD z 1 a nan b
        A: ZADD z 1e400 b
        A: ZADD z (1 b
        A: ZADD z inf i
        A: ZADD z incr -inf i
        A: ZINCRBY z -inf i
        A: ZINCRBY z nx m
        A: ZINCRBY s 1 m
        A: ZREM s a
        A: ZCARD s
        A: ZSCORE s a
        A: ZMSCORE s a
        A: ZRANK s a
        A: ZCOUNT s x 1
        A: ZCOUNT s 1 2
        A: ZLEXCOUNT s x +
        A: ZLEXCOUNT z - +x
        A: ZRANGE z 0 1 LIMIT 0 1
        A: ZRANGE z 0 1 LIMIT 0 -1
        A: ZRANGE z 0 1 BYLEX WITHSCORES
        A: ZRANGE z 0 1 BYLEX BYSCORE
        A: ZRANGE z 0 1 REV REV
        A: ZRANGE z x 1 LIMIT 0 y
        A: ZRANGE s x 1
        A: ZRANGE s 0 1
        A: ZREVRANGE z 0 1 REV
        A: ZRANGEBYSCORE z 1 x LIMIT 0 1
        A: ZRANGEBYLEX z [a [b WITHSCORES
        A: ZRANGESTORE d s 0 1
        A: ZRANGESTORE d z 0 1 WITHSCORES
        A: ZREMRANGEBYRANK s x 1
        A: ZREMRANGEBYRANK s 0 1
        A: ZREMRANGEBYSCORE s x 1
        A: ZREMRANGEBYLEX s x +
        A: ZPOPMIN s -1
        A: ZPOPMIN s x
        A: ZPOPMIN s 0
        A: ZPOPMIN z 1 1
        A: ZMPOP 0 z MIN
        A: ZMPOP 1 s MIN
        A: ZMPOP 1 z MIN COUNT
        A: ZMPOP 1 z MIN COUNT 0
        A: ZMPOP 1 z MIN COUNT 1 COUNT 1
        A: ZMPOP 9223372036854775806 z MIN
        A: BZPOPMIN s x
        A: BZPOPMIN s -1
        A: BZPOPMIN s 0
        A: BZMPOP x 0 z MIN
        A: BZMPOP x 1 z MIN
        A: ZRANDMEMBER s x
        A: ZRANDMEMBER s -9223372036854775808
        A: ZRANDMEMBER s 9223372036854775807 WITHSCORES
        A: ZRANDMEMBER s 3 foo
        A: ZRANDMEMBER s 3
        A: ZUNION 0 z
        A: ZUNION x z
        A: ZUNION 3 z
        A: ZUNION 2 s z foo
        A: ZUNIONSTORE d -1 z
        A: ZINTERCARD 1 z LIMIT -1
        A: ZINTERCARD 1 z LIMIT
        A: ZUNION 1 z WEIGHTS x
        A: ZUNION 1 z WEIGHTS
        A: ZUNION 1 z AGGREGATE foo
        A: ZDIFF 1 z AGGREGATE SUM
        A: ZUNIONSTORE d 1 z WITHSCORES
        A: ZSCAN s x
        A: ZSCAN s 0 foo
        A: ZSCAN z 0 COUNT 0
        A: ZRANGE z 0 -1 WITHSCORES
        """;

    private const string Numbers = """
        A: ZADD z 3.1 a -0 b 1e17 c 123456789012345678 d 4611686018427387904 e 4611686018427387905 f 4.7e18 g inf h -inf i 0x1p-3 j 5e-324 k 17976931348623157e292 l
        A: ZRANGE z 0 -1 WITHSCORES
        A: ZSCAN z 0
        A: ZINCRBY z 1.1 a
        A: ZADD z INCR 0.1 a
        A: ZSCORE z b
        A: ZMSCORE z a q h
        A: ZCOUNT z "" 5
        A: ZCOUNT z " " 5
        A: ZCOUNT z " 1" 5
        A: ZCOUNT z "1\0x" +inf
        A: ZCOUNT z ( (5
        A: ZCOUNT z 1e400 2e400
        A: ZCOUNT z -1e-400 1e-400
        A: ZCOUNT z nan 1
        A: ZRANGEBYSCORE z (-inf (+inf LIMIT 1 2
        A: ZRANGEBYSCORE z -inf +inf LIMIT -1 2
        A: ZREVRANGEBYSCORE z +inf -inf LIMIT 2 -5
        A: CONFIG SET zset-max-listpack-entries 0
        A: ZADD y -0 a 0 b -0 c
        A: ZRANGE y 0 -1 WITHSCORES
        A: ZUNIONSTORE x 1 y WEIGHTS -1
        A: ZRANGE x 0 -1 WITHSCORES
        A: CONFIG SET zset-max-listpack-entries 2
        A: ZRANGESTORE w y -inf inf BYSCORE
        A: ZRANGE w 0 -1 WITHSCORES
        A: ZRANGESTORE w y 0 -1
        A: ZRANGE w 0 -1 WITHSCORES
        A: ZUNION 2 z y WEIGHTS 0 inf WITHSCORES
        A: ZINTER 2 z z WEIGHTS inf -inf WITHSCORES
        A: ZADD p 1 a inf b
        A: SADD q a b c
        A: ZUNION 2 p q AGGREGATE MIN WITHSCORES
        A: ZINTER 2 q p AGGREGATE MAX WITHSCORES
        A: ZDIFF 2 q p WITHSCORES
        A: ZINTERCARD 2 q p LIMIT 1
        """;

    private const string Events = """
        A: CONFIG SET notify-keyspace-events KEA
        B: PSUBSCRIBE __key*
        A: ZADD z 1 a 2 b 3 c 4 d
        A: ZADD z 1 a
        A: ZADD z INCR 1 a
        A: ZINCRBY z 0 a
        A: ZREM z q
        A: ZREM z a
        A: ZREMRANGEBYRANK z 0 0
        A: ZREMRANGEBYSCORE z 9 10
        A: ZREMRANGEBYSCORE z 3 3
        A: ZREMRANGEBYLEX z - +
        A: ZADD z 1 a 2 b 3 c 4 d
        A: ZPOPMIN z 0
        A: ZPOPMIN z
        A: ZPOPMAX z 9
        A: ZADD z 1 a 2 b 3 c 4 d
        A: ZMPOP 2 n z MAX
        A: BZPOPMIN z 0
        A: BZMPOP 0 1 z MAX COUNT 5
        A: ZADD z 1 a 2 b 3 c 4 d
        A: ZRANGESTORE d z 0 1
        A: ZRANGESTORE d z 8 9
        A: ZRANGESTORE d z 8 9
        A: ZUNIONSTORE d 2 z n
        A: ZINTERSTORE d 2 z n
        A: ZDIFFSTORE d 2 z n
        A: ZREM z a b c d
        C: BZPOPMAX z 0
        A: ZADD z 1 a
        """;

    private const string Waiting = """
        A: BZPOPMIN k z 0
        B: BZPOPMAX z 0
        C: BZMPOP 0 2 k z MAX COUNT 2
        D: SET z v
        D: DEL z
        D: ZADD z 1 a 2 b 3 c 4 d 5 e
        D: ZRANGE z 0 -1
        A: BZPOPMIN z 0
        D: DEL z
        A: BZPOPMIN z w 0
        D: MULTI
        D: ZADD w 1 a
        D: ZADD z 2 b
        D: BZPOPMIN k 0
        D: BZMPOP 0 1 k MIN
        D: EXEC
        D: SADD source a b
        A: BZPOPMIN stored 0
        D: ZUNIONSTORE stored 1 source
        B: BZMPOP 0 1 moved MIN
        D: RENAME stored moved
        """;

    [Theory]
    [InlineData(2, Errors)]
    [InlineData(2, Numbers)]
    [InlineData(3, Numbers)]
    [InlineData(2, Events)]
    [InlineData(3, Events)]
    [InlineData(2, Waiting)]
    [InlineData(3, Waiting)]
    public void Answers_as_redis_does(int protocol, string script)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        foreach (char client in "ABCD") both.Play($"{client}: HELLO {protocol}");
        both.Play(script);
    }
}
