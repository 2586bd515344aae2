namespace Keyway.Platform.Tests.Contract;

/// <summary>What every kind of loop promises about turns, time and posted work.</summary>
public abstract class TurnContract
{
    protected abstract LoopWorld NewWorld();

    [Fact]
    public async Task Posted_work_runs_in_order_on_the_loops_thread_and_never_in_place()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var order = new List<int>();
        bool ranInPlace = false;
        bool isCurrent = false;
        await world.On(loop, () =>
        {
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                loop.Post(() => order.Add(number));
            }
            ranInPlace = order.Count > 0;
            isCurrent = loop.IsCurrent;
        });
        await world.On(loop, () => { });

        Assert.False(ranInPlace);
        Assert.True(isCurrent);
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task Work_posted_from_many_threads_is_run_once_each()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        int runs = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++) loop.Post(() => runs++);
        })));
        await world.On(loop, () => { });

        Assert.Equal(40_000, runs);
    }

    [Fact]
    public async Task Posted_work_that_throws_is_reported_and_the_next_runs()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var reported = new List<Exception>();
        bool ran = false;
        await world.On(loop, () =>
        {
            loop.Unhandled = reported.Add;
            loop.Post(() => throw new InvalidDataException("broken"));
            loop.Post(() => ran = true);
        });
        await world.On(loop, () => { });

        Assert.True(ran);
        Assert.Equal("broken", Assert.Single(reported).Message);
    }

    [Fact]
    public async Task Timers_are_called_in_the_order_due_and_not_before()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var order = new List<int>();
        var late = new List<long>();
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await world.On(loop, () =>
        {
            long start = loop.Time.GetTimestamp();
            void Add(int ms) => loop.Schedule(ms, () =>
            {
                order.Add(ms);
                late.Add(loop.Time.GetElapsedTime(start).Ticks - (ms * TimeSpan.TicksPerMillisecond));
                if (ms == 30) done.SetResult(true);
            });
            foreach (int ms in new[] { 20, 5, 30, 0, 10, 15 }) Add(ms);
        });
        world.Pass(TimeSpan.FromMilliseconds(30));

        await world.Until(done.Task);
        Assert.Equal([0, 5, 10, 15, 20, 30], order);
        Assert.All(late, ticks => Assert.True(ticks >= 0, $"{ticks} ticks early"));
    }

    [Fact]
    public async Task A_cancelled_timer_is_not_called_even_when_it_is_due_in_the_same_turn()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        bool called = false;
        bool wasPending = false;
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await world.On(loop, () =>
        {
            LoopTimer? second = null;
            loop.Schedule(5, () =>
            {
                wasPending = second!.IsPending;
                second.Cancel();
                second.Cancel();
            });
            second = loop.Schedule(5, () => called = true);
            loop.Schedule(6, () => done.SetResult(second.IsPending));
        });
        world.Pass(TimeSpan.FromMilliseconds(10));

        Assert.False(await world.Until(done.Task));
        Assert.True(wasPending);
        Assert.False(called);
    }

    [Fact]
    public async Task A_repeated_timer_goes_on_until_it_is_cancelled_from_within()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        int calls = 0;
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await world.On(loop, () =>
        {
            LoopTimer? timer = null;
            timer = loop.Every(2, () =>
            {
                if (++calls < 5) return;
                timer!.Cancel();
                loop.Schedule(10, () => done.SetResult(true));
            });
        });
        world.Pass(TimeSpan.FromMilliseconds(30));

        await world.Until(done.Task);
        Assert.Equal(5, calls);
    }

    [Fact]
    public async Task A_delay_ends_by_the_loops_clock_or_by_its_token()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var seen = new List<string>();
        using var cancel = new CancellationTokenSource();
        var threads = new List<bool>();

        async Task<bool> Flow()
        {
            await loop.Delay(TimeSpan.FromMilliseconds(5));
            threads.Add(loop.IsCurrent && SynchronizationContext.Current == loop.Context);
            seen.Add("elapsed");
            try
            {
                Task endless = loop.Delay(TimeSpan.FromDays(1), cancel.Token);
                cancel.Cancel();
                await endless;
            }
            catch (OperationCanceledException)
            {
                threads.Add(loop.IsCurrent && SynchronizationContext.Current == loop.Context);
                seen.Add("cancelled");
            }
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop.Delay(TimeSpan.FromDays(1), cancel.Token));
            return true;
        }

        Task<bool>? flow = null;
        await world.On(loop, () => flow = Flow());
        world.Pass(TimeSpan.FromMilliseconds(5));
        await world.Until(flow!);
        Assert.Equal(["elapsed", "cancelled"], seen);
        Assert.Equal([true, true], threads);
    }

    [Fact]
    public async Task A_control_flow_that_waits_elsewhere_comes_back_to_its_loop()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<bool> Flow()
        {
            await elsewhere.Task;
            return loop.IsCurrent;
        }

        Task<bool>? flow = null;
        await world.On(loop, () => flow = Flow());
        elsewhere.SetResult();
        Assert.True(await world.Until(flow!));
    }

    [Fact]
    public async Task Replies_are_flushed_before_requests_and_each_item_once()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var order = new List<string>();
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await world.On(loop, () =>
        {
            var request = new Item(() => order.Add("request"));
            var other = new Item(() => order.Add("other request"));
            var reply = new Item(() => order.Add("reply"));
            loop.FlushLater(request, FlushPhase.Requests);
            loop.FlushLater(other, FlushPhase.Requests);
            loop.FlushLater(reply, FlushPhase.Replies);
            loop.FlushLater(request, FlushPhase.Requests);
            loop.FlushLater(reply, FlushPhase.Replies);
            loop.Post(() => done.SetResult(true));
        });

        await world.Until(done.Task);
        Assert.Equal(["reply", "request", "other request"], order);
    }

    [Fact]
    public async Task A_flush_may_ask_for_another_and_one_that_throws_harms_no_other()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        var order = new List<string>();
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await world.On(loop, () =>
        {
            loop.Unhandled = error => order.Add(error.Message);
            Item? again = null;
            int times = 0;
            again = new Item(() =>
            {
                order.Add($"again {++times}");
                if (times == 3) done.SetResult(true);
                else loop.FlushLater(again!, times == 1 ? FlushPhase.Requests : FlushPhase.Replies);
            });
            loop.FlushLater(new Item(() => throw new InvalidDataException("broken")), FlushPhase.Replies);
            loop.FlushLater(again, FlushPhase.Replies);
        });

        await world.Until(done.Task);
        Assert.Equal(["broken", "again 1", "again 2", "again 3"], order);
    }

    [Fact]
    public async Task Turns_are_counted()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        long before = await world.On(loop, () => loop.Statistics.Turns);
        long after = await world.On(loop, () => loop.Statistics.Turns);

        Assert.True(after > before);
        Assert.True(loop.Statistics.LongestTurnTicks >= 0);
    }

    private sealed class Item(Action flush) : Flushable
    {
        public override void Flush() => flush();
    }
}
