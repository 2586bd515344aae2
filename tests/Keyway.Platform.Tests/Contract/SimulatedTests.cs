using Keyway.Platform.Simulation;

namespace Keyway.Platform.Tests.Contract;

public sealed class SimulatedTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => new SimulatedWorld(new SimulatedNetwork(1), inProcess: false);
}

public sealed class SimulatedInPiecesTests : ConnectionContract
{
    protected override LoopWorld NewWorld() =>
        new SimulatedWorld(new SimulatedNetwork(2) { DeliverRandomLengths = true }, inProcess: false);
}

public sealed class SimulatedInProcessTests : ConnectionContract
{
    protected override LoopWorld NewWorld() => new SimulatedWorld(new SimulatedNetwork(3), inProcess: true);
}
