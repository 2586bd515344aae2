using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

public class SlowTurnTests
{
    [Fact]
    public void Slow_turns_are_told_once_a_second_with_the_longest_of_them()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TakeLong(gateway, 7);
        gateway.Advance(20);
        TakeLong(gateway, 4);
        TakeLong(gateway, 12);
        gateway.Advance(50);
        TakeLong(gateway, 9);
        gateway.Advance(500);
        Assert.Equal(["Loop 0 had slow turns: 1, the longest of 7 ms (7 ms on a core), 0 s after the start."], Told(gateway));
        gateway.Advance(600);
        Assert.Equal("Loop 0 had slow turns: 2, the longest of 12 ms (12 ms on a core), 1 s after the start.", Assert.Single(Told(gateway)[1..]));
    }

    private static void TakeLong(TestGateway gateway, int milliseconds)
    {
        gateway.Server.Loops[0].Events.Post(() => gateway.Network.Time.Advance(TimeSpan.FromMilliseconds(milliseconds)));
        gateway.Settle();
    }

    private static string[] Told(TestGateway gateway) => [.. gateway.Log.Lines.Where(line => line.Contains("slow turns"))];
}
