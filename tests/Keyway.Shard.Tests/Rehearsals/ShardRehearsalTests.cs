using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Shard.Rehearsals;

namespace Keyway.Shard.Tests.Rehearsals;

public sealed class ShardRehearsalTests
{
    // Said on purpose: mistakes are answered too.
    private static readonly string[] Mistakes = ["NOSUCH a b", "GET", "LPUSH", "CLIENT TRACKINGINFO", "ACL WHOAMI", "ACL LIST"];

    [Fact]
    public void It_comes_to_its_end()
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        Assert.True(ShardRehearsal.PlayCommands(loop));
    }

    [Fact]
    public void Its_lines_are_understood()
    {
        using var shard = new TestShard();
        var misunderstood = new List<string>();
        foreach (IReadOnlyList<string> lines in RehearsalScript.OfClients)
        {
            SimulatedPeer client = shard.Connect();
            foreach (string line in lines.Except(Mistakes))
            {
                string reply = shard.Call(client, line);
                if (reply.StartsWith("-ERR", StringComparison.Ordinal)) misunderstood.Add($"{line}: {reply}");
            }
        }

        Assert.True(misunderstood.Count == 0, string.Join('\n', misunderstood.Distinct()));
    }
}
