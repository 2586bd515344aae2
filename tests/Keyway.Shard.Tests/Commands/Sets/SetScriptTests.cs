using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Sets;

/// <summary>The replies of set commands beside those of a real redis-server, byte for byte.</summary>
public sealed class SetScriptTests
{
    private const string MissingKeys = """
        A: SCARD k
        A: SISMEMBER k m
        A: SMISMEMBER k m n
        A: SMEMBERS k
        A: SREM k m
        A: SMOVE k l m
        A: SPOP k
        A: SPOP k 3
        A: SPOP k 0
        A: SPOP k -1
        A: SPOP k x
        A: SRANDMEMBER k
        A: SRANDMEMBER k 3
        A: SRANDMEMBER k -3
        A: SRANDMEMBER k -9223372036854775807
        A: SINTER k l
        A: SUNION k l
        A: SDIFF k l
        A: SINTERCARD 2 k l
        A: SINTERSTORE d k l
        A: SUNIONSTORE d k l
        A: SDIFFSTORE d k l
        A: SSCAN k 0
        A: SSCAN k 0 NO SUCH
        A: SSCAN k x
        A: EXISTS k d
        """;

    private const string Errors = """
        A: SET str v
        A: SADD s 1 2 3
        A: SADD str m
        A: SREM str m
        A: SCARD str
        A: SISMEMBER str m
        A: SMISMEMBER str m
        A: SMEMBERS str
        A: SMOVE str s m
        A: SMOVE s str 1
        A: SMOVE s str 9
        A: SMOVE k str m
        A: SPOP str
        A: SPOP str 0
        A: SPOP str x
        A: SPOP s x
        A: SPOP s -1
        A: SPOP s 1 2
        A: SPOP s 9223372036854775808
        A: SRANDMEMBER str
        A: SRANDMEMBER str 1
        A: SRANDMEMBER str x
        A: SRANDMEMBER s 1.5
        A: SRANDMEMBER s 1 2
        A: SRANDMEMBER s -9223372036854775808
        A: SINTER s str
        A: SINTER k str
        A: SINTER str k
        A: SUNION k str
        A: SDIFF k str
        A: SDIFF s k str
        A: SINTERSTORE s k str
        A: SUNIONSTORE s k str
        A: SDIFFSTORE s k str
        A: SINTERCARD 0 s
        A: SINTERCARD x s
        A: SINTERCARD -1 s
        A: SINTERCARD 2 s
        A: SINTERCARD 1 s s
        A: SINTERCARD 1 s LIMIT
        A: SINTERCARD 1 s LIMIT x
        A: SINTERCARD 1 s LIMIT -1
        A: SINTERCARD 1 s NO 1
        A: SINTERCARD 2 k str
        A: SINTERCARD 9223372036854775807 s
        A: SINTER
        A: SUNIONSTORE d
        A: SSCAN str 0
        A: SSCAN str 0 NO SUCH
        A: SSCAN s 0 COUNT
        A: SSCAN s 0 COUNT 0
        A: SSCAN s 0 TYPE set
        A: SSCAN s 99999999999999999999
        A: SMEMBERS s
        """;

    private const string Changes = """
        A: SADD s 3 1 2 3
        A: SADD s 1
        A: SMEMBERS s
        A: SADD s -7 70000 9223372036854775807
        A: SMEMBERS s
        A: SISMEMBER s 70000
        A: SISMEMBER s 070000
        A: SISMEMBER s text
        A: SMISMEMBER s 1 9 -7 x
        A: SREM s 9 x 70000
        A: SSCAN s 17
        A: SSCAN s 0 MATCH -* COUNT 1
        A: SRANDMEMBER s 100
        A: SMOVE s t 1
        A: SMOVE s t 1
        A: SMOVE s s 2
        A: SMOVE s s 1
        A: SMOVE s t text
        A: SADD t 2
        A: SMOVE s t 2
        A: SMEMBERS t
        A: OBJECT ENCODING t
        A: SADD u one
        A: SMOVE u t one
        A: EXISTS u
        A: OBJECT ENCODING t
        A: SCARD t
        A: SREM t one 2
        A: OBJECT ENCODING t
        A: SPOP t 100
        A: EXISTS t
        A: SREM s 3 -7 9223372036854775807
        A: EXISTS s
        """;

    private const string Algebra = """
        A: SADD a 1 2 3 4 5
        A: SADD b 4 5 6
        A: SADD c 5
        A: SADD mixed 5 x
        A: SINTER a b
        A: SINTER a b c
        A: SINTER a a
        A: SINTER a mixed
        A: SINTER a k
        A: SUNION a b c k
        A: SDIFF a b
        A: SDIFF a a
        A: SDIFF a k
        A: SDIFF k a
        A: SDIFF a b mixed
        A: SINTERCARD 2 a b
        A: SINTERCARD 2 a b LIMIT 0
        A: SINTERCARD 2 a b LIMIT 1
        A: SINTERCARD 2 a b LIMIT 5 limit 1
        A: SINTERCARD 3 a b k
        A: SET d v
        A: EXPIRE d 100
        A: SINTERSTORE d a b
        A: TYPE d
        A: TTL d
        A: SMEMBERS d
        A: SINTERSTORE d a k
        A: EXISTS d
        A: SUNIONSTORE d a b
        A: SMEMBERS d
        A: SUNIONSTORE a a b
        A: SMEMBERS a
        A: SDIFFSTORE a a b
        A: SMEMBERS a
        A: SDIFFSTORE a a a
        A: EXISTS a
        """;

    // The difference is made in one of two ways, and which of them shows in its encoding.
    private const string Limits = """
        A: CONFIG SET set-max-intset-entries 3
        A: SADD i 1 2 3
        A: OBJECT ENCODING i
        A: SADD i 4
        A: OBJECT ENCODING i
        A: SREM i 4 3
        A: OBJECT ENCODING i
        A: SADD two 1 2
        A: SADD one 1
        A: SDIFFSTORE d i one
        A: OBJECT ENCODING d
        A: SUNIONSTORE d i two
        A: OBJECT ENCODING d
        A: SADD many 1 2 3 4 5 6 7 x
        A: SADD most 2 3 4 5 6 7 x
        A: SDIFFSTORE d many most
        A: OBJECT ENCODING d
        A: SADD p 2
        A: SADD q 3
        A: SADD r 4 5
        A: SADD t 6 7 x
        A: SDIFFSTORE d many p q r t
        A: SMEMBERS d
        A: OBJECT ENCODING d
        A: SINTERSTORE d many most
        A: OBJECT ENCODING d
        A: SINTERSTORE d many two
        A: OBJECT ENCODING d
        A: CONFIG SET set-max-intset-entries 0
        A: SADD z 1
        A: OBJECT ENCODING z
        A: CONFIG SET set-max-intset-entries 512
        A: SADD n 1 2 x
        A: SREM n x
        A: OBJECT ENCODING n
        """;

    private const string Events = """
        A: CONFIG SET notify-keyspace-events KEAmn
        B: PSUBSCRIBE __key*
        A: SADD s 1 2 3
        A: SADD s 1
        A: SREM s 9
        A: SREM s 1
        A: SMOVE s t 2
        A: SMOVE s t 3
        A: SMOVE t t 3
        A: SADD u 2
        A: SMOVE t u 2
        A: SPOP u
        A: SADD u 1 2
        A: SPOP u 2
        A: SPOP u 2
        A: SPOP t
        A: SADD a 1 2
        A: SADD b 2 3
        A: SINTERSTORE d a b
        A: SUNIONSTORE d a b
        A: SDIFFSTORE d a b
        A: SDIFFSTORE d a a
        A: SDIFFSTORE d a a
        A: SINTERSTORE d a k
        A: SINTER a k
        A: SMEMBERS k
        """;

    [Theory]
    [InlineData(2, Events)]
    [InlineData(2, MissingKeys)]
    [InlineData(3, MissingKeys)]
    [InlineData(2, Errors)]
    [InlineData(3, Errors)]
    [InlineData(2, Changes)]
    [InlineData(3, Changes)]
    [InlineData(2, Algebra)]
    [InlineData(3, Algebra)]
    [InlineData(2, Limits)]
    public void Answers_as_redis_does(int protocol, string script)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}");
        both.Play(script);
    }
}
