using Keyway.Shard.Commands.Sets;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddSets()
    {
        Add("sadd", &SetCommands.SAdd);
        Add("srem", &SetCommands.SRem);
        Add("smove", &SetCommands.SMove);
        Add("sismember", &SetCommands.SIsMember);
        Add("smismember", &SetCommands.SMIsMember);
        Add("scard", &SetCommands.SCard);
        Add("smembers", &SetCommands.SMembers);
        Add("sscan", &SetScanCommand.SScan);
        Add("spop", &SetRandomCommands.SPop);
        Add("srandmember", &SetRandomCommands.SRandMember);
        Add("sinter", &SetAlgebraCommands.SInter);
        Add("sinterstore", &SetAlgebraCommands.SInterStore);
        Add("sintercard", &SetAlgebraCommands.SInterCard);
        Add("sunion", &SetAlgebraCommands.SUnion);
        Add("sunionstore", &SetAlgebraCommands.SUnionStore);
        Add("sdiff", &SetAlgebraCommands.SDiff);
        Add("sdiffstore", &SetAlgebraCommands.SDiffStore);
    }
}
