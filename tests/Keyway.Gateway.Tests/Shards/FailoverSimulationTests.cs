namespace Keyway.Gateway.Tests.Shards;

public class FailoverSimulationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(100)]
    public void Nothing_runs_twice_or_out_of_turn_or_against_what_its_client_was_told(int from)
    {
        int served = 0;
        int refused = 0;
        for (int seed = from; seed < from + 50; seed++)
        {
            FailoverSimulation run = FailoverSimulation.Run(seed);
            served += run.Served;
            refused += run.Refused;
        }
        Assert.True(served > 5000, $"{served} served");
        Assert.True(refused > 100, $"{refused} refused");
    }
}
