namespace Keyway.Gateway.Tests.Simulation;

public class SimulationTests
{
    public static TheoryData<int> Starts => [.. Enumerable.Range(0, 10).Select(i => i * 10)];

    /// <summary>The long form is a command of the benchmark program: simulate --seeds N --from S.</summary>
    [Theory]
    [MemberData(nameof(Starts))]
    public void Every_request_gets_its_own_reply_or_one_error_whatever_fails(int from)
    {
        int replies = 0;
        for (int seed = from; seed < from + 10; seed++) replies += GatewaySimulation.Run(seed).OwnReplies;
        Assert.True(replies > 1000);
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        GatewaySimulation first = GatewaySimulation.Run(7);
        GatewaySimulation second = GatewaySimulation.Run(7);
        Assert.Equal((first.OwnReplies, first.Errors), (second.OwnReplies, second.Errors));
    }
}
