using Keyway.Sentinel.Core;
using Keyway.Sentinel.Scripts;

namespace Keyway.Sentinel.Tests.Scripts;

public sealed class ScriptQueueTests
{
    private readonly FakeRunner _runner = new();
    private readonly List<string> _events = [];
    private readonly ScriptQueue _queue;

    public ScriptQueueTests() => _queue = new ScriptQueue(_runner, new SentinelConstants(), (_, type, text) => _events.Add($"{type} {text}"));

    [Fact]
    public void Runs_sixteen_at_a_time_and_the_others_when_there_is_room()
    {
        for (int i = 0; i < 20; i++) _queue.Add("/script", [$"{i}"]);
        _queue.Tick(1);
        Assert.Equal(16, _queue.RunningCount);
        Assert.Equal("0", _runner.Started[0].Arguments[0]);

        _runner.Started[0].Ended(new ScriptEnd(0, 0));
        _queue.Tick(2);
        Assert.Equal(17, _runner.Started.Count);
        Assert.Equal(19, _queue.Jobs.Count);
    }

    [Fact]
    public void Tries_a_script_that_asks_for_it_ten_times_each_time_after_twice_as_long()
    {
        _queue.Add("/script", []);
        long now = 1;
        long delay = 30_000;
        for (int attempt = 1; attempt < 10; attempt++)
        {
            _queue.Tick(now);
            Assert.Equal(attempt, _runner.Started.Count);
            _runner.Started[^1].Ended(attempt % 2 == 0 ? new ScriptEnd(1, 0) : new ScriptEnd(0, 9));
            _queue.Tick(now + delay - 1);
            Assert.Equal(attempt, _runner.Started.Count);
            now += delay;
            delay *= 2;
        }

        _queue.Tick(now);
        _runner.Started[^1].Ended(new ScriptEnd(1, 0));
        Assert.Empty(_queue.Jobs);
        Assert.Equal("-script-error /script 0 1", _events[^1]);
    }

    [Fact]
    public void Ends_what_runs_longer_than_a_minute_and_tells_of_it_once()
    {
        _queue.Add("/script", []);
        _queue.Tick(1);
        _queue.Tick(60_001);
        Assert.False(_runner.Started[0].IsKilled);
        _queue.Tick(60_002);
        _queue.Tick(60_003);
        Assert.True(_runner.Started[0].IsKilled);
        Assert.Single(_events, one => one.StartsWith("-script-timeout /script", StringComparison.Ordinal));
    }

    [Fact]
    public void Says_which_script_failed_for_good_or_does_not_start()
    {
        _queue.Add("/failing", []);
        _queue.Tick(1);
        _runner.Started[0].Ended(new ScriptEnd(2, 0));
        _runner.Refuses = true;
        _queue.Add("/missing", []);
        _queue.Tick(2);
        Assert.Empty(_queue.Jobs);
        Assert.Equal(["-script-error /failing 0 2", "-script-error /missing 99 0"], _events.Where(one => one.StartsWith("-script-error", StringComparison.Ordinal)));
    }

    [Fact]
    public void Forgets_the_oldest_that_waits_when_there_are_too_many()
    {
        for (int i = 0; i < 300; i++) _queue.Add("/script", [$"{i}"]);
        Assert.Equal(256, _queue.Jobs.Count);
        Assert.Equal("44", _queue.Jobs.First().Arguments[0]);
    }

    private sealed class FakeRunner : IScriptRunner
    {
        public List<FakeScript> Started { get; } = [];

        public bool Refuses { get; set; }

        public IRunningScript? Start(string path, IReadOnlyList<string> arguments, Action<ScriptEnd> ended)
        {
            if (Refuses) return null;
            Started.Add(new FakeScript(Started.Count + 1, arguments, ended));
            return Started[^1];
        }
    }

    private sealed class FakeScript(int id, IReadOnlyList<string> arguments, Action<ScriptEnd> ended) : IRunningScript
    {
        public int ProcessId => id;

        public IReadOnlyList<string> Arguments => arguments;

        public Action<ScriptEnd> Ended => ended;

        public bool IsKilled { get; private set; }

        public void Kill() => IsKilled = true;
    }
}
