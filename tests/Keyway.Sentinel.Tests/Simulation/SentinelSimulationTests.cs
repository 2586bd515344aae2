namespace Keyway.Sentinel.Tests.Simulation;

public sealed class SentinelSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 100;
    private const int Faults = 25;

    [Fact]
    public void There_are_never_two_masters_in_an_epoch_and_one_in_the_end()
    {
        int elections = 0;
        for (int seed = 0; seed < Seeds; seed++) elections += SentinelSimulation.Run(seed, Faults).Elections;

        output.WriteLine($"{elections} elections");
        Assert.True(elections > Seeds, $"only {elections} elections");
    }

    [Fact]
    public void A_seed_always_gives_the_same_run()
    {
        var first = new List<string>();
        var second = new List<string>();
        SentinelSimulation.Run(7, Faults, first.Add);
        SentinelSimulation.Run(7, Faults, second.Add);

        Assert.Equal(first, second);
    }
}
