using Keyway.Shard.Commands.Hashes;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddHashes()
    {
        Add("hset", &HashCommands.HSet);
        Add("hmset", &HashCommands.HMSet);
        Add("hsetnx", &HashCommands.HSetNx);
        Add("hget", &HashCommands.HGet);
        Add("hmget", &HashCommands.HMGet);
        Add("hgetall", &HashCommands.HGetAll);
        Add("hkeys", &HashCommands.HKeys);
        Add("hvals", &HashCommands.HVals);
        Add("hlen", &HashCommands.HLen);
        Add("hstrlen", &HashCommands.HStrLen);
        Add("hexists", &HashCommands.HExists);
        Add("hdel", &HashCommands.HDel);
        Add("hincrby", &HashNumberCommands.HIncrBy);
        Add("hincrbyfloat", &HashNumberCommands.HIncrByFloat);
        Add("hrandfield", &HashRandomCommand.HRandField);
        Add("hscan", &HashScanCommand.HScan);
    }
}
