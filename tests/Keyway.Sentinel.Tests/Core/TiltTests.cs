using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class TiltTests
{
    private readonly TestSentinel _sentinel = new(quorum: 1, downAfterMs: 1000);

    public TiltTests()
    {
        _sentinel.AddReplica("10.0.0.2");
        _sentinel.Pass(2000);
    }

    [Fact]
    public void A_timer_that_comes_two_seconds_late_is_a_tilt_of_thirty_seconds()
    {
        _sentinel.Stall(2200);

        _sentinel.Pass(29_900);
        Assert.Contains("+tilt #tilt mode entered", _sentinel.Events);
        Assert.True(_sentinel.Core.State.Tilt);
        _sentinel.Pass(300);

        Assert.Contains("-tilt #tilt mode exited", _sentinel.Events);
        Assert.False(_sentinel.Core.State.Tilt);
    }

    [Fact]
    public void A_short_delay_is_none()
    {
        _sentinel.Stall(1900);
        _sentinel.Pass(1000);

        Assert.False(_sentinel.Has("+tilt"));
    }

    [Fact]
    public void A_clock_that_goes_back_is_a_tilt_and_stops_no_timer()
    {
        _sentinel.Core.OnHello(_sentinel.Clock - 100_000, "");
        _sentinel.Sent.Clear();
        long before = _sentinel.Core.Now;

        _sentinel.Core.Tick(_sentinel.Clock - 100_000);
        Assert.True(_sentinel.Core.State.Tilt);
        for (int passed = 0; passed < 5000; passed += 100) _sentinel.Core.Tick(_sentinel.Clock - 100_000 + passed);

        Assert.Equal(before + 4900, _sentinel.Core.Now);
        Assert.Contains("PING", _sentinel.SentTo(_sentinel.MasterServer));
    }

    [Fact]
    public void In_a_tilt_we_watch_and_do_nothing()
    {
        _sentinel.Stall(3000);
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.Sent.Clear();

        _sentinel.Pass(29_000);

        Assert.Contains("PING", _sentinel.SentTo(_sentinel.MasterServer));
        Assert.False(_sentinel.Has("+sdown"));
        Assert.False(_sentinel.Core.AnswerMasterDown(_sentinel.Clock, "10.0.0.1", 6379, 0, "*").Down);
        _sentinel.PassUntil("+switch-master");
    }

    [Fact]
    public void In_a_tilt_the_master_is_not_called_down_to_others_even_if_it_was_before()
    {
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+sdown");
        _sentinel.Stall(3000);
        _sentinel.Pass(100);

        Assert.True(_sentinel.Master.IsSubjectivelyDown);
        Assert.False(_sentinel.Core.AnswerMasterDown(_sentinel.Clock, "10.0.0.1", 6379, 0, "*").Down);
    }

    [Fact]
    public void In_a_tilt_what_infos_say_is_noted_and_not_acted_on()
    {
        TestServer replica = _sentinel.MasterServer.Replicas[0];
        replica.Master = null;
        _sentinel.PassUntil("-role-change");
        _sentinel.Stall(3000);

        _sentinel.Pass(29_000);

        Assert.Equal(InstanceKind.Master, _sentinel.Replica(replica).RoleReported);
        Assert.False(_sentinel.Has("+convert-to-slave"));
    }

    [Fact]
    public void Ticks_never_stay_in_step()
    {
        int[] delays = [.. Enumerable.Range(0, 1000).Select(_ => _sentinel.Core.Tick(_sentinel.Clock))];

        Assert.Equal(10, delays.Distinct().Count());
        Assert.All(delays, delay => Assert.InRange(delay, 1000 / 19, 100));
    }
}
