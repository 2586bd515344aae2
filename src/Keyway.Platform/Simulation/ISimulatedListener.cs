using System.Net;

namespace Keyway.Platform.Simulation;

internal interface ISimulatedListener
{
    EndPoint EndPoint { get; }

    SimulatedEventLoop? OwnLoop { get; }

    void Accept(SimulatedEnd end);
}
