namespace Keyway.Shard.Commands.Monitoring;

/// <summary>MONITOR.</summary>
internal static class MonitorCommand
{
    // MONITOR
    public static void Monitor(ref CommandContext context)
    {
        if (context.Client.DeniesBlocking)
        {
            context.ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client"u8);
            return;
        }

        if (context.Client.IsMonitor) return;
        context.Server.Monitors.Add(context.Client);
        context.ReplyOk();
    }
}
