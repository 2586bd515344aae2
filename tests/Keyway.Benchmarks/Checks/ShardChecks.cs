using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>A shard by itself, in a redis-server's place: speed, memory, how long its loop is ever away, and what crowds leave behind.</summary>
internal static class ShardChecks
{
    private static readonly string[] OtherParts = ["memory", "turns", "crowds"];

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        if (options.Wants("speed") || options.Text("only")?.Split(',').Any(part => !OtherParts.Contains(part)) == true) ShardSpeed.Run(workspace, options, report);
        if (options.Wants("memory")) ShardMemory.Run(workspace, options, report);
        if (options.Wants("turns")) ShardTurns.Run(workspace, options, report);
        if (options.Wants("crowds")) ShardCrowds.Run(workspace, options, report);
    }
}
