using Keyway.Gateway.Rehearsals;
using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Tests.Real;
using Keyway.Platform;

namespace Keyway.Gateway.Tests;

public class RehearsalTests
{
    [Theory]
    [MemberData(nameof(RealServerTests.Transports), MemberType = typeof(RealServerTests))]
    public void It_is_played_to_its_end_and_leaves_nothing_behind(string transport)
    {
        // Real time limits it; a machine that is busy may need a second go.
        var log = new BugLog();
        bool isOver = false;
        for (int i = 0; i < 20 && !isOver; i++)
        {
            using EventLoop loop = EventLoops.Create(TimeProvider.System, transport);
            isOver = Rehearsal.Play(loop, log);
        }
        Assert.True(isOver);
        log.ThrowIfAny();
        Assert.Contains(log.Lines, line => line.StartsWith("Shard falling at rehearsal does not answer"));
        Assert.Contains(log.Lines, line => line.StartsWith("Shard silent at rehearsal does not answer: silent for 20ms"));
    }
}
