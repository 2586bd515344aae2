using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Hashes;

/// <summary>The replies of hash commands beside those of a real redis-server, byte for byte.</summary>
public sealed class HashScriptTests
{
    private const string MissingKeys = """
        A: HGET k f
        A: HMGET k f g
        A: HGETALL k
        A: HKEYS k
        A: HVALS k
        A: HLEN k
        A: HSTRLEN k f
        A: HEXISTS k f
        A: HDEL k f
        A: HRANDFIELD k
        A: HRANDFIELD k 3
        A: HRANDFIELD k -3
        A: HRANDFIELD k 3 WITHVALUES
        A: HRANDFIELD k -9223372036854775807
        A: HSCAN k 0
        A: HSCAN k 0 NO SUCH
        A: HSCAN k x
        A: HINCRBY k f x
        A: HINCRBYFLOAT k f inf
        A: EXISTS k
        """;

    private const string Errors = """
        A: SET s v
        A: HSET h f v n 7 i inf t 12text
        A: HSET h f
        A: HSET h f v g
        A: HMSET h f v g
        A: HSET s f
        A: HSET s f v
        A: HMSET s f v
        A: HSETNX s f v
        A: HGET s f
        A: HMGET s f
        A: HGETALL s
        A: HKEYS s
        A: HVALS s
        A: HLEN s
        A: HSTRLEN s f
        A: HEXISTS s f
        A: HDEL s f
        A: HINCRBY s f x
        A: HINCRBY s f 1
        A: HINCRBYFLOAT s f x
        A: HINCRBYFLOAT s f 1
        A: HRANDFIELD s
        A: HRANDFIELD s x
        A: HRANDFIELD s 1
        A: HSCAN s 0
        A: HSCAN s 0 NO SUCH
        A: HSCAN s x NO SUCH
        A: HINCRBY h t 1
        A: HINCRBY h i 1
        A: HINCRBY h n 1.5
        A: HINCRBY h n 9223372036854775807
        A: HINCRBY h n -9223372036854775808
        A: HINCRBY h n 9223372036854775808
        A: HINCRBYFLOAT h t 1
        A: HINCRBYFLOAT h i 1
        A: HINCRBYFLOAT h n nan
        A: HINCRBYFLOAT h n inf
        A: HINCRBYFLOAT h n -Infinity
        A: HINCRBYFLOAT h n 1e5000
        A: HINCRBYFLOAT h n 1x
        A: HRANDFIELD h x
        A: HRANDFIELD h 1 NO
        A: HRANDFIELD h x NO
        A: HRANDFIELD h 1 WITHVALUES NO
        A: HRANDFIELD h -9223372036854775808
        A: HRANDFIELD h -9223372036854775807 WITHVALUES
        A: HRANDFIELD h 4611686018427387904 WITHVALUES
        A: HSCAN h 0 COUNT
        A: HSCAN h 0 COUNT 0
        A: HSCAN h 0 COUNT x
        A: HSCAN h 0 TYPE hash
        A: HSCAN h 0 MATCH * NOVALUES
        A: HSCAN h 99999999999999999999
        A: HGETALL h
        """;

    private const string Changes = """
        A: HSET h b 1 a 2 b 3
        A: HGETALL h
        A: HSETNX h b 4
        A: HSETNX h c 4
        A: HMSET h d 5 a 6
        A: HMGET h a b c d e
        A: HSTRLEN h d
        A: HINCRBY h b 10
        A: HINCRBY h n -5
        A: HINCRBYFLOAT h b 0.1
        A: HINCRBYFLOAT h b 5.0e3
        A: HINCRBYFLOAT h new -1.50
        A: HINCRBYFLOAT h n 3
        A: HSET h -0 007 01 -0 9223372036854775808 18446744073709551615
        A: HGET h 0
        A: HGET h -0
        A: HKEYS h
        A: HVALS h
        A: HRANDFIELD h 100
        A: HRANDFIELD h 100 WITHVALUES
        A: HSCAN h 0
        A: HSCAN h 5 MATCH ?
        A: HSCAN h 0 MATCH [a-c] COUNT 1
        A: HDEL h a x
        A: HDEL h x
        A: HLEN h
        A: OBJECT ENCODING h
        A: HDEL h b c d n new -0 01 9223372036854775808 more
        A: EXISTS h
        """;

    private const string Limits = """
        A: CONFIG SET hash-max-listpack-entries 2 hash-max-listpack-value 3
        A: HSET a 1 1 2 2 2 3
        A: OBJECT ENCODING a
        A: HSET a 3 3
        A: OBJECT ENCODING a
        A: HDEL a 3 2
        A: OBJECT ENCODING a
        A: HSET b f 1234
        A: OBJECT ENCODING b
        A: HSET c 1234 1
        A: OBJECT ENCODING c
        A: HSETNX d f 1
        A: HSETNX d f 1234
        A: OBJECT ENCODING d
        A: HSETNX d g 1234
        A: OBJECT ENCODING d
        A: HSET e f 999
        A: HINCRBY e f 0
        A: OBJECT ENCODING e
        A: HINCRBY e f 1
        A: OBJECT ENCODING e
        A: HSET g f 99
        A: HINCRBYFLOAT g f 0.25
        A: OBJECT ENCODING g
        A: HSET i x 1 y 2
        A: CONFIG SET hash-max-listpack-entries 1
        A: HGET i x
        A: OBJECT ENCODING i
        A: HSET i x 1
        A: OBJECT ENCODING i
        A: CONFIG SET hash-max-listpack-entries 0
        A: HSET j f v
        A: OBJECT ENCODING j
        """;

    private const string Events = """
        A: CONFIG SET notify-keyspace-events KEAmn
        B: PSUBSCRIBE __key*
        A: HSET h a 1 b 2
        A: HSET h a 1
        A: HMSET h c 1
        A: HSETNX h a 1
        A: HSETNX h d 1
        A: HINCRBY h a 1
        A: HINCRBY n a 1
        A: HINCRBYFLOAT h a 1
        A: HDEL h x
        A: HDEL h a x
        A: HDEL h b c d
        A: HDEL h b c d
        A: HGET h a
        A: HSCAN h 0
        """;

    [Theory]
    [InlineData(2, Events)]
    [InlineData(2, MissingKeys)]
    [InlineData(3, MissingKeys)]
    [InlineData(2, Errors)]
    [InlineData(3, Errors)]
    [InlineData(2, Changes)]
    [InlineData(3, Changes)]
    [InlineData(2, Limits)]
    public void Answers_as_redis_does(int protocol, string script)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}");
        both.Play(script);
    }
}
