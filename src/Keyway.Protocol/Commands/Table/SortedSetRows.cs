using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on sorted sets.</summary>
internal static class SortedSetRows
{
    public static readonly RowGroup Group = new("sorted-set", Acl.SortedSet,
    [
        new Row("bzmpop", -5, Write | Blocking | MovableKeys).CountedKeys(2, RW | Access | Delete).InSession()
            .About("7.0.0", "O(K)+O(M*log(N))", "Pops members from the first sorted set that has some, waiting until one does")
            .Takes("timeout:double numkeys:int key... (MIN | MAX) [COUNT count:int]"),
        new Row("bzpopmax", -3, Write | NoScript | Blocking | Fast).Keys(1, -2, RW | Access | Delete).InSession()
            .About("5.0.0", "O(log(N))", "Pops the highest member of the first sorted set that has one, waiting until one does")
            .Takes("key... timeout:double"),
        new Row("bzpopmin", -3, Write | NoScript | Blocking | Fast).Keys(1, -2, RW | Access | Delete).InSession()
            .About("5.0.0", "O(log(N))", "Pops the lowest member of the first sorted set that has one, waiting until one does")
            .Takes("key... timeout:double"),
        new Row("zadd", -4, Write | DenyOom | Fast).Key(1, RW | Update)
            .About("1.2.0", "O(log(N))", "Adds members to a sorted set or changes their scores")
            .Takes("key [NX | XX] [GT | LT] [CH] [INCR] (score:double member)..."),
        new Row("zcard", 2, ReadOnly | Fast).Key(1, RO)
            .About("1.2.0", "O(1)", "Counts the members of a sorted set").Takes("key"),
        new Row("zcount", 4, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.0.0", "O(log(N))", "Counts the members whose score lies between two bounds").Takes("key min:double max:double"),
        new Row("zdiff", -3, ReadOnly | MovableKeys).CountedKeys(1, RO | Access)
            .About("6.2.0", "O(L+(N-K)*log(N))", "Members of the first sorted set that no other one has").Takes("numkeys:int key... [WITHSCORES]"),
        new Row("zdiffstore", -4, Write | DenyOom | MovableKeys).Key(1, OW | Update).CountedKeys(2, RO | Access)
            .About("6.2.0", "O(L+(N-K)*log(N))", "Stores the members of the first sorted set that no other one has")
            .Takes("destination:key numkeys:int key..."),
        new Row("zincrby", 4, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.2.0", "O(log(N))", "Adds to the score of a member").Takes("key increment:int member"),
        new Row("zinter", -3, ReadOnly | MovableKeys).CountedKeys(1, RO | Access)
            .About("6.2.0", "O(N*K)+O(M*log(M))", "Members that all the sorted sets have")
            .Takes("numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE (SUM | MIN | MAX)] [WITHSCORES]"),
        new Row("zintercard", -3, ReadOnly | MovableKeys).CountedKeys(1, RO | Access)
            .About("7.0.0", "O(N*K)", "Counts the members that all the sorted sets have").Takes("numkeys:int key... [LIMIT limit:int]"),
        new Row("zinterstore", -4, Write | DenyOom | MovableKeys).Key(1, OW | Update).CountedKeys(2, RO | Access)
            .About("2.0.0", "O(N*K)+O(M*log(M))", "Stores the members that all the sorted sets have")
            .Takes("destination:key numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE (SUM | MIN | MAX)]"),
        new Row("zlexcount", 4, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.8.9", "O(log(N))", "Counts the members that lie between two names").Takes("key min max"),
        new Row("zmpop", -4, Write | MovableKeys).CountedKeys(1, RW | Access | Delete)
            .About("7.0.0", "O(K)+O(M*log(N))", "Pops members from the first of several sorted sets that has some")
            .Takes("numkeys:int key... (MIN | MAX) [COUNT count:int]"),
        new Row("zmscore", -3, ReadOnly | Fast).Key(1, RO | Access)
            .About("6.2.0", "O(N)", "Reads the scores of several members").Takes("key member..."),
        new Row("zpopmax", -2, Write | Fast).Key(1, RW | Access | Delete)
            .About("5.0.0", "O(log(N)*M)", "Pops the members with the highest scores").Takes("key [count:int]"),
        new Row("zpopmin", -2, Write | Fast).Key(1, RW | Access | Delete)
            .About("5.0.0", "O(log(N)*M)", "Pops the members with the lowest scores").Takes("key [count:int]"),
        new Row("zrandmember", -2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("6.2.0", "O(N)", "Draws members of a sorted set at random").Takes("key [count:int [WITHSCORES]]"),
        new Row("zrange", -4, ReadOnly).Key(1, RO | Access)
            .About("1.2.0", "O(log(N)+M)", "Members between two ranks, scores or names")
            .Takes("key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset:int count:int] [WITHSCORES]"),
        new Row("zrangebylex", -4, ReadOnly).Key(1, RO | Access)
            .About("2.8.9", "O(log(N)+M)", "Members between two names, in ascending order").Takes("key min max [LIMIT offset:int count:int]")
            .Deprecated("6.2.0", "ZRANGE with BYLEX"),
        new Row("zrangebyscore", -4, ReadOnly).Key(1, RO | Access)
            .About("1.0.5", "O(log(N)+M)", "Members between two scores, in ascending order")
            .Takes("key min:double max:double [WITHSCORES] [LIMIT offset:int count:int]").Deprecated("6.2.0", "ZRANGE with BYSCORE"),
        new Row("zrangestore", -5, Write | DenyOom).Key(1, OW | Update).Key(2, RO | Access)
            .About("6.2.0", "O(log(N)+M)", "Stores the members between two ranks, scores or names")
            .Takes("dst:key src:key min max [BYSCORE | BYLEX] [REV] [LIMIT offset:int count:int]"),
        new Row("zrank", 3, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.0.0", "O(log(N))", "Tells how many members stand before one, counted from the lowest score").Takes("key member"),
        new Row("zrem", -3, Write | Fast).Key(1, RW | Delete)
            .About("1.2.0", "O(M*log(N))", "Removes members of a sorted set").Takes("key member..."),
        new Row("zremrangebylex", 4, Write).Key(1, RW | Delete)
            .About("2.8.9", "O(log(N)+M)", "Removes the members between two names").Takes("key min max"),
        new Row("zremrangebyrank", 4, Write).Key(1, RW | Delete)
            .About("2.0.0", "O(log(N)+M)", "Removes the members between two ranks").Takes("key start:int stop:int"),
        new Row("zremrangebyscore", 4, Write).Key(1, RW | Delete)
            .About("1.2.0", "O(log(N)+M)", "Removes the members between two scores").Takes("key min:double max:double"),
        new Row("zrevrange", -4, ReadOnly).Key(1, RO | Access)
            .About("1.2.0", "O(log(N)+M)", "Members between two ranks, counted from the highest score")
            .Takes("key start:int stop:int [WITHSCORES]").Deprecated("6.2.0", "ZRANGE with REV"),
        new Row("zrevrangebylex", -4, ReadOnly).Key(1, RO | Access)
            .About("2.8.9", "O(log(N)+M)", "Members between two names, in descending order").Takes("key max min [LIMIT offset:int count:int]")
            .Deprecated("6.2.0", "ZRANGE with REV and BYLEX"),
        new Row("zrevrangebyscore", -4, ReadOnly).Key(1, RO | Access)
            .About("2.2.0", "O(log(N)+M)", "Members between two scores, in descending order")
            .Takes("key max:double min:double [WITHSCORES] [LIMIT offset:int count:int]").Deprecated("6.2.0", "ZRANGE with REV and BYSCORE"),
        new Row("zrevrank", 3, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.0.0", "O(log(N))", "Tells how many members stand before one, counted from the highest score").Takes("key member"),
        new Row("zscan", -3, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("2.8.0", "O(1)", "Walks through a sorted set in steps").Takes("key cursor:int [MATCH pattern:pattern] [COUNT count:int]"),
        new Row("zscore", 3, ReadOnly | Fast).Key(1, RO | Access)
            .About("1.2.0", "O(1)", "Reads the score of a member").Takes("key member"),
        new Row("zunion", -3, ReadOnly | MovableKeys).CountedKeys(1, RO | Access)
            .About("6.2.0", "O(N)+O(M*log(M))", "Members that any of the sorted sets has")
            .Takes("numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE (SUM | MIN | MAX)] [WITHSCORES]"),
        new Row("zunionstore", -4, Write | DenyOom | MovableKeys).Key(1, OW | Update).CountedKeys(2, RO | Access)
            .About("2.0.0", "O(N)+O(M*log(M))", "Stores the members that any of the sorted sets has")
            .Takes("destination:key numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE (SUM | MIN | MAX)]"),
    ]);
}
