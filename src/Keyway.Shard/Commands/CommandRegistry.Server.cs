using Keyway.Shard.Commands.Server;

namespace Keyway.Shard.Commands;

/// <summary>What is said to the server itself.</summary>
internal sealed unsafe partial class CommandRegistry
{
    partial void AddServer()
    {
        Add("info", &InfoCommand.Info);
        Add("config|get", &ConfigCommands.Get);
        Add("config|set", &ConfigSet.Set);
        Add("config|resetstat", &ConfigCommands.ResetStat);
        Add("config|rewrite", &ConfigCommands.Rewrite);
        Add("config|help", &ConfigCommands.Help);
        Add("slowlog|get", &SlowLogCommands.Get);
        Add("slowlog|len", &SlowLogCommands.Len);
        Add("slowlog|reset", &SlowLogCommands.Reset);
        Add("slowlog|help", &SlowLogCommands.Help);
        Add("latency|latest", &LatencyCommands.Latest);
        Add("latency|history", &LatencyCommands.History);
        Add("latency|reset", &LatencyCommands.Reset);
        Add("latency|graph", &LatencyCommands.Graph);
        Add("latency|doctor", &LatencyCommands.Doctor);
        Add("latency|histogram", &LatencyCommands.Histogram);
        Add("latency|help", &LatencyCommands.Help);
        Add("command", &ServerCommands.Command);
        Add("command|count", &ServerCommands.Command);
        Add("command|info", &ServerCommands.Command);
        Add("command|docs", &ServerCommands.Command);
        Add("command|list", &ServerCommands.Command);
        Add("command|getkeys", &ServerCommands.Command);
        Add("command|getkeysandflags", &ServerCommands.Command);
        Add("command|help", &ServerCommands.Command);
        Add("time", &ServerCommands.Time);
        Add("lolwut", &LolwutCommand.Lolwut);
        Add("memory|usage", &MemoryCommands.Usage);
        Add("memory|stats", &MemoryCommands.Stats);
        Add("memory|doctor", &MemoryCommands.Doctor);
        Add("memory|purge", &MemoryCommands.Purge);
        Add("memory|malloc-stats", &MemoryCommands.MallocStats);
        Add("memory|help", &MemoryCommands.Help);
        Add("module|load", &ServerCommands.ModuleLoad);
        Add("module|loadex", &ServerCommands.ModuleLoad);
        Add("module|unload", &ServerCommands.ModuleUnload);
        Add("module|help", &ServerCommands.ModuleHelp);
        Add("module|list", &ServerCommands.ModuleList);
        Add("debug", &DebugCommand.Debug);
    }
}
