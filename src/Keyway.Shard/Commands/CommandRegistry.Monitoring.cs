using Keyway.Shard.Commands.Monitoring;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddMonitoring() => Add("monitor", &MonitorCommand.Monitor);
}
