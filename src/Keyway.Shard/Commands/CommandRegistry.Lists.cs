using Keyway.Shard.Commands.Lists;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddLists()
    {
        Add("lpush", &ListCommands.LPush);
        Add("rpush", &ListCommands.RPush);
        Add("lpushx", &ListCommands.LPushX);
        Add("rpushx", &ListCommands.RPushX);
        Add("llen", &ListCommands.LLen);
        Add("lindex", &ListCommands.LIndex);
        Add("lset", &ListCommands.LSet);
        Add("linsert", &ListCommands.LInsert);
        Add("lrange", &ListCommands.LRange);
        Add("lrem", &ListCommands.LRem);
        Add("ltrim", &ListCommands.LTrim);
        Add("lpos", &LPosCommand.LPos);
        Add("lpop", &ListPops.LPop);
        Add("rpop", &ListPops.RPop);
        Add("lmpop", &ListPops.LMPop);
        Add("blpop", &ListPops.BLPop);
        Add("brpop", &ListPops.BRPop);
        Add("blmpop", &ListPops.BLMPop);
        Add("lmove", &ListMoves.LMove);
        Add("rpoplpush", &ListMoves.RPopLPush);
        Add("blmove", &ListMoves.BLMove);
        Add("brpoplpush", &ListMoves.BRPopLPush);
    }
}
