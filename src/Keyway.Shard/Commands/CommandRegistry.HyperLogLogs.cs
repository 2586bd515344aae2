using Keyway.Shard.Commands.HyperLogLogs;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddHyperLogLogs()
    {
        Add("pfadd", &HyperLogLogCommands.PfAdd);
        Add("pfcount", &HyperLogLogCommands.PfCount);
        Add("pfmerge", &HyperLogLogCommands.PfMerge);
        Add("pfdebug", &HyperLogLogDebug.PfDebug);
        Add("pfselftest", &HyperLogLogDebug.PfSelfTest);
    }
}
