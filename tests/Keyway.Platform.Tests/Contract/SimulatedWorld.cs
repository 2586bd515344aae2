using System.Net;
using Keyway.Platform.Simulation;

namespace Keyway.Platform.Tests.Contract;

public sealed class SimulatedWorld(SimulatedNetwork network, bool inProcess) : LoopWorld
{
    private int nextPort = 7000;

    public override EventLoop NewLoop() => network.CreateLoop();

    public override EndPoint NewEndPoint() => inProcess ? new InProcessEndPoint("test") : new IPEndPoint(IPAddress.Loopback, nextPort++);

    public override EndPoint DeadEndPoint() => NewEndPoint();

    public override Task<T> Until<T>(Task<T> task)
    {
        while (!task.IsCompleted && network.Step()) { }
        Assert.True(task.IsCompleted, "Nothing more can happen, and what is waited for has not.");
        return task;
    }

    public override void Pass(TimeSpan time) => network.Advance(time);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
