using Keyway.Shard.Commands.Streams;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddStreams()
    {
        Add("xadd", &StreamCommands.XAdd);
        Add("xlen", &StreamCommands.XLen);
        Add("xdel", &StreamCommands.XDel);
        Add("xtrim", &StreamCommands.XTrim);
        Add("xsetid", &StreamCommands.XSetId);
        Add("xrange", &StreamRangeCommands.XRange);
        Add("xrevrange", &StreamRangeCommands.XRevRange);
        Add("xread", &StreamReadCommands.XRead);
        Add("xreadgroup", &StreamReadCommands.XReadGroup);
        Add("xgroup|create", &StreamGroupCommands.Create);
        Add("xgroup|setid", &StreamGroupCommands.SetId);
        Add("xgroup|destroy", &StreamGroupCommands.Destroy);
        Add("xgroup|createconsumer", &StreamGroupCommands.CreateConsumer);
        Add("xgroup|delconsumer", &StreamGroupCommands.DelConsumer);
        Add("xgroup|help", &StreamGroupCommands.Help);
        Add("xack", &StreamPendingCommands.XAck);
        Add("xpending", &StreamPendingCommands.XPending);
        Add("xclaim", &StreamClaimCommands.XClaim);
        Add("xautoclaim", &StreamAutoClaimCommand.XAutoClaim);
        Add("xinfo|stream", &StreamInfoCommands.OfStream);
        Add("xinfo|groups", &StreamInfoCommands.OfGroups);
        Add("xinfo|consumers", &StreamInfoCommands.OfConsumers);
        Add("xinfo|help", &StreamInfoCommands.Help);
    }
}
