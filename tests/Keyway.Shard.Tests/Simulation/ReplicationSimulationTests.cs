namespace Keyway.Shard.Tests.Simulation;

public sealed class ReplicationSimulationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Masters_and_replicas_end_equal_whatever_happens(int tens)
    {
        for (int seed = tens * 10; seed < (tens * 10) + 10; seed++) ReplicationSimulation.Run(seed);
    }
}
