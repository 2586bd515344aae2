using Keyway.Platform.Simulation;
using Keyway.Platform.Sockets;

namespace Keyway.Platform.Tests.Contract;

public sealed class EpollTurnTests : TurnContract
{
    protected override LoopWorld NewWorld() => EpollWorlds.New(ThreadedWorld.Kind.Tcp);
}

public sealed class SocketTurnTests : TurnContract
{
    protected override LoopWorld NewWorld() => new ThreadedWorld(() => new SocketEventLoop(TimeProvider.System), ThreadedWorld.Kind.Tcp);
}

public sealed class SimulatedTurnTests : TurnContract
{
    protected override LoopWorld NewWorld() => new SimulatedWorld(new SimulatedNetwork(4), inProcess: false);
}
