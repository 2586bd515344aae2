namespace Keyway.Platform.Tests;

public sealed class CoreTimeTests
{
    private static readonly CoreTime Before = new(OnCoreTicks: 1000, WaitedTicks: 500, Sleeps: 7);

    [Fact]
    public void What_a_thread_waited_for_a_core_is_not_its_own() =>
        Assert.Equal(70, new CoreTime(1070, 530, Sleeps: 8).OwnTicks(100, Before));

    [Fact]
    public void Nor_is_what_a_thread_that_never_slept_was_not_on_a_core_for() =>
        Assert.Equal(40, new CoreTime(1040, 510, Sleeps: 7).OwnTicks(100, Before));

    [Fact]
    public void But_what_it_slept_is() =>
        Assert.Equal(90, new CoreTime(1040, 510, Sleeps: 8).OwnTicks(100, Before));

    [Fact]
    public void Where_the_system_tells_nothing_it_is_all_its_own() =>
        Assert.Equal(100, default(CoreTime).OwnTicks(100, default));

    [Fact]
    public void It_takes_no_longer_than_the_clock_says_whatever_the_thread_did_before() =>
        Assert.Equal(100, new CoreTime(1400, 500, Sleeps: 7).OwnTicks(100, Before));
}
