using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Lists;

/// <summary>The replies of list commands beside those of a real redis-server, byte for byte.</summary>
public sealed class ListScriptTests
{
    private const string MissingKeys = """
        A: LPOP k
        A: LPOP k 3
        A: LPOP k 0
        A: RPOP k 1
        A: LLEN k
        A: LINDEX k 0
        A: LINDEX k notanumber
        A: LSET k notanumber v
        A: LINSERT k BEFORE p v
        A: LINSERT k BETWEEN p v
        A: LRANGE k 0 -1
        A: LRANGE k 0 x
        A: LREM k 0 v
        A: LREM k x v
        A: LTRIM k 0 1
        A: LTRIM k x 1
        A: LPOS k v
        A: LPOS k v COUNT 0
        A: LPOS k v RANK 0
        A: LPUSHX k v
        A: LMOVE k m LEFT RIGHT
        A: RPOPLPUSH k m
        A: LMPOP 2 k m LEFT
        """;

    private const string Errors = """
        A: SET s v
        A: RPUSH l a b c d e
        A: LPUSH s v
        A: LPUSHX s v
        A: LPOP s
        A: LPOP s 0
        A: LPOP s -1
        A: LLEN s
        A: LINDEX s x
        A: LSET s x v
        A: LINSERT s BEFORE p v
        A: LRANGE s 0 1
        A: LRANGE s 0 x
        A: LREM s 0 v
        A: LTRIM s 0 1
        A: LPOS s v
        A: LPOS s v RANK 0
        A: LMOVE s l LEFT RIGHT
        A: LMOVE l s LEFT RIGHT
        A: LMOVE l l LEFT
        A: LMOVE l l LEFT UP
        A: RPOPLPUSH s l
        A: RPOPLPUSH l s
        A: LMPOP 2 k s LEFT
        A: LMPOP 2 l s LEFT COUNT 1
        A: LMPOP 0 l LEFT
        A: LMPOP x l LEFT
        A: LMPOP 9 l LEFT
        A: LMPOP 9223372036854775807 l LEFT
        A: LMPOP 1 l UP
        A: LMPOP 1 l LEFT COUNT
        A: LMPOP 1 l LEFT COUNT 0
        A: LMPOP 1 l LEFT COUNT x
        A: LMPOP 1 l LEFT COUNT 1 COUNT 1
        A: LMPOP 1 l LEFT COUNT -1 COUNT 1
        A: BLMPOP x 0 l LEFT
        A: BLMPOP x 1 l LEFT
        A: BLMPOP -1 1 l LEFT
        A: BLPOP s 0
        A: BLPOP k s 0
        A: BLPOP l x
        A: BLPOP l -1
        A: BLMOVE l l LEFT UP x
        A: BLMOVE l l LEFT RIGHT x
        A: BLMOVE s l LEFT RIGHT 0
        A: BLMOVE l s LEFT RIGHT 0
        A: BRPOPLPUSH l s x
        A: LPOP l x
        A: LPOP l -1
        A: LPOP l 1 2
        A: LPOP l 9223372036854775808
        A: LSET l 99 v
        A: LSET l -99 v
        A: LSET l 9223372036854775807 v
        A: LSET l -9223372036854775808 v
        A: LINDEX l 9223372036854775807
        A: LINDEX l -9223372036854775808
        A: LREM l -9223372036854775808 b
        A: LPOS l c RANK -9223372036854775808
        A: LPOS l c RANK -9223372036854775808 COUNT 5
        A: RPUSH f c c c
        A: LPOS f c RANK -9223372036854775808 COUNT 2
        A: LPOS l c RANK 9223372036854775807
        A: LPOS l c COUNT -1
        A: LPOS l c COUNT x
        A: LPOS l c MAXLEN -1
        A: LPOS l c MAXLEN x
        A: LPOS l c RANK x
        A: LPOS l c RANK
        A: LPOS l c NOSUCH 1
        A: LRANGE l -9223372036854775808 9223372036854775807
        A: LRANGE l 9223372036854775807 -9223372036854775808
        A: LTRIM l -9223372036854775808 9223372036854775807
        A: LPOP l 9223372036854775807
        A: EXISTS l
        """;

    private const string Positions = """
        A: RPUSH l a b c 1 2 3 c c 01 1
        A: LPOS l a
        A: LPOS l c
        A: LPOS l 1
        A: LPOS l 01
        A: LPOS l 001
        A: LPOS l c RANK 2
        A: LPOS l c RANK -1
        A: LPOS l c RANK -2 COUNT 0
        A: LPOS l c COUNT 0
        A: LPOS l c COUNT 1
        A: LPOS l c COUNT 2 RANK 2
        A: LPOS l c COUNT 0 MAXLEN 3
        A: LPOS l c COUNT 0 MAXLEN 7
        A: LPOS l c MAXLEN 2
        A: LPOS l c RANK -1 MAXLEN 2
        A: LPOS l c rank 1 rank 2
        A: LPOS l q COUNT 0
        """;

    private const string Changes = """
        A: RPUSH l a b c
        A: LPUSH l z y x
        A: LRANGE l 0 -1
        A: LRANGE l -100 100
        A: LRANGE l 2 1
        A: LRANGE l -2 -1
        A: LINDEX l -1
        A: LINDEX l 6
        A: LSET l -1 longer-than-before
        A: LSET l 0 12
        A: LINSERT l after z 7
        A: LINSERT l BEFORE 7 8
        A: LINSERT l BEFORE nosuch 8
        A: LRANGE l 0 -1
        A: RPUSH l a b a b a b
        A: LREM l 1 b
        A: LREM l -1 a
        A: LREM l 0 b
        A: LRANGE l 0 -1
        A: LTRIM l 1 -2
        A: LRANGE l 0 -1
        A: LPOP l 2
        A: RPOP l 3
        A: RPOP l
        A: LRANGE l 0 -1
        A: LMOVE l l LEFT RIGHT
        A: LMOVE l l LEFT LEFT
        A: LMOVE l m RIGHT LEFT
        A: RPOPLPUSH l m
        A: RPOPLPUSH m m
        A: LRANGE l 0 -1
        A: LRANGE m 0 -1
        A: OBJECT ENCODING m
        A: TYPE m
        A: LMPOP 2 k m LEFT
        A: LMPOP 2 k m RIGHT COUNT 100
        A: EXISTS m
        A: LTRIM l 5 1
        A: EXISTS l
        """;

    private const string Waiting = """
        A: BLPOP k1 k2 0
        B: BRPOP k2 0
        C: RPUSH k2 1 2 3
        C: LRANGE k2 0 -1
        A: BLMOVE k3 k4 LEFT RIGHT 0
        B: BLMPOP 0 2 k4 k5 RIGHT COUNT 5
        C: LPUSH k3 x y
        C: LRANGE k3 0 -1
        A: BRPOPLPUSH k6 k6 0
        C: LPUSH k6 v
        C: LRANGE k6 0 -1
        C: SET s v
        A: BLMOVE k7 s LEFT RIGHT 0
        C: LPUSH k7 v
        C: LRANGE k7 0 -1
        A: MULTI
        A: BLPOP k8 0
        A: BLMOVE k8 k9 LEFT RIGHT 0
        A: BRPOPLPUSH k8 k9 0
        A: BLMPOP 0 1 k8 LEFT
        A: EXEC
        # A list that takes another value's place serves nobody, one that comes to be does
        C: XGROUP CREATE other g $ MKSTREAM
        B: XREADGROUP GROUP g c BLOCK 0 STREAMS other >
        A: BLPOP k10 k11 0
        C: SET k10 x
        C: RPUSH source 3 1
        C: SORT source STORE k10
        C: LRANGE k10 0 -1
        C: SORT source STORE k11
        C: LRANGE k11 0 -1
        # nor does a push to what has taken a place: the key was there
        A: BLPOP k12 0
        C: SADD k12 x
        C: SORT source STORE k12
        C: RPUSH k12 4
        C: LRANGE k12 0 -1
        C: DEL k12
        C: RPUSH k12 5
        # a kind that nobody waits for puts no key in line
        A: BLPOP k13 k14 0
        C: MULTI
        C: ZADD k13 1 a
        C: DEL k13
        C: RPUSH k14 1
        C: RPUSH k13 1
        C: EXEC
        C: LRANGE k13 0 -1
        """;

    private const string Events = """
        A: CONFIG SET notify-keyspace-events KEAnm
        E: PSUBSCRIBE __key*__:*
        A: RPUSH l a b c
        A: LPUSHX l z
        A: LPUSHX nokey z
        A: LSET l 0 y
        A: LINSERT l AFTER y x
        A: LINSERT l AFTER nosuch x
        A: LTRIM l 0 -1
        A: LTRIM l 0 3
        A: LREM l 0 nosuch
        A: LREM l 0 b
        A: LPOP l
        A: RPOP l 1
        A: LPOP l 0
        A: LPOP l 5
        A: RPUSH l a b
        A: LMOVE l l LEFT RIGHT
        A: LMOVE l m LEFT LEFT
        A: RPOPLPUSH l m
        A: RPOPLPUSH m m
        A: LMPOP 2 l m RIGHT COUNT 10
        A: LRANGE nokey 0 -1
        A: LLEN nokey
        A: LPOP nokey
        A: RPUSH l a a
        A: LREM l 0 a
        A: RPUSH l a a
        A: LTRIM l 5 6
        B: BLPOP q 0
        A: RPUSH q 1
        B: BLMOVE q r LEFT RIGHT 0
        A: RPUSH q 1
        A: RPUSH l 3 1 2
        A: SORT l STORE d
        A: SORT l LIMIT 9 9 STORE d
        A: SORT nokey STORE d
        """;

    [Theory]
    [InlineData(2, MissingKeys)]
    [InlineData(3, MissingKeys)]
    [InlineData(2, Errors)]
    [InlineData(3, Errors)]
    [InlineData(2, Positions)]
    [InlineData(3, Positions)]
    [InlineData(2, Changes)]
    [InlineData(2, Waiting)]
    [InlineData(2, Events)]
    [InlineData(3, Waiting)]
    public void Answers_as_redis_does(int protocol, string script)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}");
        both.Play(script);
    }
}
