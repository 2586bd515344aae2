using System.Net;

namespace Keyway.Platform.Simulation;

internal sealed class SimulatedListener(SimulatedNetwork network, SimulatedEventLoop loop, EndPoint endPoint, IAcceptor acceptor)
    : Listener, ISimulatedListener
{
    public override EndPoint EndPoint => endPoint;

    public SimulatedEventLoop? OwnLoop => loop;

    public void Accept(SimulatedEnd end)
    {
        var accepted = new SimulatedAccepted(end);
        loop.Delivering = accepted;
        acceptor.OnAccepted(accepted);
    }

    public override void Dispose() => network.StopListening(this);
}
