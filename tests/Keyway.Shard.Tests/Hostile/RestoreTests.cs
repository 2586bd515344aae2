using Keyway.Differential.Fuzz;
using Keyway.Differential.Running;
using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Hostile;

/// <summary>RESTORE of payloads that were damaged and sealed again.</summary>
public sealed class RestoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_payloads_are_refused_whole_or_bear_every_command(int seed)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        Assert.SkipWhen(!CommandRegistry.All.Serves(CommandTable.Find("restore"u8)!), "RESTORE is not served yet");
        using var pair = new ServerPair(new RedisProgram(), new EmbeddedShard());
        List<string> payloads = Payloads.Collect(pair.Reference.Server, seed, rounds: 3);
        var fuzz = new DumpFuzz(pair, _ => { });

        fuzz.Execute(new PayloadMutator(seed, payloads), inputs: 3_000);

        Assert.Empty(fuzz.Failures);
        Assert.True(fuzz.Accepted > 50, "hardly anything was accepted: the payloads are damaged too much to find anything");
        Assert.Equal("", pair.Subject.Server.LastWords());
    }
}
