using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Sorting;

/// <summary>SORT beside a real redis-server, byte for byte.</summary>
public sealed class SortScriptTests
{
    private const string Orders = """
        A: RPUSH l 10 9 1 -1 1.5 -3.25 100 2 inf -inf 1e2 0x10 " 7" "" 9223372036854775807
        A: SORT l
        A: SORT l DESC
        A: SORT l ASC DESC ASC
        A: SORT l ALPHA
        A: SORT l ALPHA DESC LIMIT 1 3
        A: SORT l BY nosort
        A: SORT l BY nosort DESC LIMIT 2 4
        A: SORT l BY nosort BY w_* LIMIT 2 4
        A: RPUSH equal 3 1 2 01 1.0 2 1
        A: SORT equal
        A: SORT equal DESC
        A: RPUSH nul "a\0c" "a\0b" a "a\0a" ab
        A: SORT nul ALPHA
        A: SORT nul ALPHA DESC
        A: SORT nul ALPHA STORE dst
        A: LRANGE dst 0 -1
        A: SADD ints 3 1 2 -5
        A: SORT ints DESC
        A: SORT ints BY nosort
        A: SORT ints BY nosort LIMIT 1 2
        A: SORT ints BY nosort DESC STORE dst
        A: LRANGE dst 0 -1
        A: SADD words c a d b
        A: SORT words ALPHA
        A: SORT words BY nosort STORE dst
        A: LRANGE dst 0 -1
        """;

    private const string Patterns = """
        A: RPUSH l 1 2 3 4 5
        A: MSET w_1 5 w_2 4 w_3 3 w_4 x w_5 1 o_1 one o_3 "" other v
        A: HSET h_1 f 3 name eins
        A: HSET h_2 f 1 name zwei
        A: HSET h_3 f 2
        A: SORT l BY w_*
        A: SORT l BY w_* ALPHA
        A: SORT l BY h_*->f
        A: SORT l BY h_*->f DESC GET # GET h_*->name GET o_* GET nosuch GET other
        A: SORT l BY h_*->name ALPHA GET #
        A: SORT l BY *->f GET *->f
        A: SORT l GET w_*->f GET h_*
        A: SORT l GET h_*-> GET o_*->
        A: SORT l GET # GET # LIMIT 1 2
        A: SORT l BY missing_* ALPHA
        A: SORT l BY missing_* DESC
        A: SORT l GET h_*->name STORE dst
        A: LRANGE dst 0 -1
        A: SORT l GET # STORE l
        A: LRANGE l 0 -1
        A: SORT l GET "w_*\0x" BY "#\0"
        A: DEL w_4
        A: SORT l BY w_* GET w_*
        A: SORT_RO l BY w_* LIMIT 0 2
        """;

    private const string Limits = """
        A: RPUSH l 5 4 3 2 1
        A: SORT l LIMIT 0 2
        A: SORT l LIMIT 3 10
        A: SORT l LIMIT 5 1
        A: SORT l LIMIT 0 0
        A: SORT l LIMIT 2 0
        A: SORT l LIMIT -1 2
        A: SORT l LIMIT 1 -1
        A: SORT l LIMIT 1 -5
        A: SORT l LIMIT 9223372036854775807 2
        A: SORT l LIMIT 2 9223372036854775807
        A: SORT l LIMIT 9223372036854775807 9223372036854775807
        A: SORT l LIMIT -9223372036854775808 9223372036854775807
        A: SORT l BY nosort LIMIT 9223372036854775807 2
        A: SORT l BY nosort LIMIT 2 9223372036854775807
        A: SORT l BY nosort DESC LIMIT 1 2
        A: SORT l BY nosort LIMIT 5 5
        A: SORT l LIMIT 0 9223372036854775808
        A: SORT l LIMIT x 1
        A: SORT l LIMIT 1 x
        A: SORT l LIMIT 1
        """;

    private const string Errors = """
        A: SORT nokey
        A: SORT nokey STORE dst
        A: SORT nokey BY
        A: SORT nokey foo
        A: SET s v
        A: SORT s
        A: SORT s foo
        A: HSET h f v
        A: SORT h ALPHA
        A: RPUSH l a
        A: SORT l
        A: SORT l STORE dst
        A: SORT l BY nosort
        A: SORT l GET
        A: SORT l STORE
        A: SORT_RO l STORE dst
        A: SORT_RO l ALPHA
        A: RPUSH n 1 "2 "
        A: SORT n
        A: RPUSH nan 1 nan
        A: SORT nan LIMIT 0 1
        A: EXISTS dst
        """;

    private const string Stores = """
        A: RPUSH l 3 1 2
        A: SET dst v EX 100
        A: SORT l STORE dst
        A: TTL dst
        A: LRANGE dst 0 -1
        A: OBJECT ENCODING dst
        A: SORT l STORE a STORE b
        A: EXISTS a b
        A: SORT l LIMIT 3 1 STORE dst
        A: EXISTS dst
        A: SORT l STORE l
        A: LRANGE l 0 -1
        """;

    private const string SortedSets = """
        A: ZADD z 1 c 2 b 3 a
        A: OBJECT ENCODING z
        A: WATCH z
        B: SORT_RO z ALPHA DESC
        A: OBJECT ENCODING z
        A: MULTI
        A: ZADD z 4 d
        A: EXEC
        A: SORT z ALPHA STORE dst
        A: LRANGE dst 0 -1
        A: ZRANGE z 0 -1 WITHSCORES
        A: SORT z BY nosort LIMIT 1 1
        A: SORT z BY nosort DESC LIMIT 0 2
        A: SORT z BY nosort LIMIT 9223372036854775807 2
        """;

    [Theory]
    [InlineData(2, Orders)]
    [InlineData(2, Patterns)]
    [InlineData(3, Patterns)]
    [InlineData(2, Limits)]
    [InlineData(3, Errors)]
    [InlineData(2, Stores)]
    [InlineData(2, SortedSets)]
    public void Answers_as_redis_does(int protocol, string script)
    {
        using var both = Connect();
        both.Play($"A: HELLO {protocol}");
        both.Play(script);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_part_of_equals_is_the_same_part(int seed)
    {
        using var both = Connect();
        var random = new Random(seed);
        for (int i = 0; i < 20; i++) both.Play($"A: SET w_{i} {(char)('a' + random.Next(4))}");
        foreach (int count in (int[])[6, 7, 8, 40, 41, 300, 1000])
        {
            both.Play($"A: RPUSH l{count} {string.Join(' ', Enumerable.Range(0, count).Select(_ => random.Next(30)))}");
            both.Play($"A: SORT l{count} BY w_* ALPHA LIMIT {random.Next(count / 2)} {1 + random.Next(count / 2)}");
            both.Play($"A: SORT l{count} BY w_* ALPHA DESC LIMIT {random.Next(count / 2)} 3");
            both.Play($"A: SORT l{count} BY missing_* ALPHA LIMIT 1 {random.Next(count)}");
            both.Play($"A: SORT l{count} BY w_* LIMIT {random.Next(count / 2)} 5");
        }
    }

    private static SideBySide Connect() => new() { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
}
