using Keyway.Shard.Commands.SortedSets;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddSortedSets()
    {
        Add("zadd", &AddCommands.ZAdd);
        Add("zincrby", &AddCommands.ZIncrBy);
        Add("zcard", &MemberCommands.ZCard);
        Add("zscore", &MemberCommands.ZScore);
        Add("zmscore", &MemberCommands.ZMScore);
        Add("zrank", &MemberCommands.ZRank);
        Add("zrevrank", &MemberCommands.ZRevRank);
        Add("zrem", &MemberCommands.ZRem);
        Add("zscan", &MemberCommands.ZScan);
        Add("zrange", &RangeCommands.ZRange);
        Add("zrevrange", &RangeCommands.ZRevRange);
        Add("zrangebyscore", &RangeCommands.ZRangeByScore);
        Add("zrevrangebyscore", &RangeCommands.ZRevRangeByScore);
        Add("zrangebylex", &RangeCommands.ZRangeByLex);
        Add("zrevrangebylex", &RangeCommands.ZRevRangeByLex);
        Add("zrangestore", &RangeCommands.ZRangeStore);
        Add("zcount", &RangeCommands.ZCount);
        Add("zlexcount", &RangeCommands.ZLexCount);
        Add("zremrangebyrank", &RangeCommands.ZRemRangeByRank);
        Add("zremrangebyscore", &RangeCommands.ZRemRangeByScore);
        Add("zremrangebylex", &RangeCommands.ZRemRangeByLex);
        Add("zpopmin", &PopCommands.ZPopMin);
        Add("zpopmax", &PopCommands.ZPopMax);
        Add("zmpop", &PopCommands.ZMPop);
        Add("bzpopmin", &PopCommands.BZPopMin);
        Add("bzpopmax", &PopCommands.BZPopMax);
        Add("bzmpop", &PopCommands.BZMPop);
        Add("zrandmember", &RandomMemberCommand.ZRandMember);
        Add("zunion", &CombineCommands.ZUnion);
        Add("zinter", &CombineCommands.ZInter);
        Add("zdiff", &CombineCommands.ZDiff);
        Add("zintercard", &CombineCommands.ZInterCard);
        Add("zunionstore", &CombineCommands.ZUnionStore);
        Add("zinterstore", &CombineCommands.ZInterStore);
        Add("zdiffstore", &CombineCommands.ZDiffStore);
    }
}
