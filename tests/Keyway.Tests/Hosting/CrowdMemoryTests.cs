using Keyway.Hosting;

namespace Keyway.Tests.Hosting;

public class CrowdMemoryTests
{
    [Fact]
    public void Memory_is_given_back_once_when_a_crowd_has_left_and_all_is_calm()
    {
        int clients = 0;
        int given = 0;
        var memory = new CrowdMemory(() => clients, () => given++);
        foreach (int now in new[] { 5, 10_000, 10_000, 6_000, 30 })
        {
            clients = now;
            memory.Look();
            Assert.Equal(0, given);
        }
        memory.Look();
        Assert.Equal(1, given);
        for (int i = 0; i < 10; i++) memory.Look();
        Assert.Equal(1, given);
    }

    [Theory]
    [InlineData(900, 0)]
    [InlineData(10_000, 6_000)]
    public void A_few_that_leave_or_a_crowd_that_mostly_stays_cost_no_collection(int most, int left)
    {
        int clients = most;
        int given = 0;
        var memory = new CrowdMemory(() => clients, () => given++);
        memory.Look();
        clients = left;
        for (int i = 0; i < 10; i++) memory.Look();
        Assert.Equal(0, given);
    }
}
