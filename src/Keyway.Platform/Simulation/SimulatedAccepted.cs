using System.Net;

namespace Keyway.Platform.Simulation;

internal sealed class SimulatedAccepted(SimulatedEnd end) : AcceptedConnection
{
    private bool isTaken;

    public override EndPoint? RemoteEndPoint => end.Peer?.EndPoint;

    public SimulatedEnd Take()
    {
        if (isTaken) throw new InvalidOperationException("The connection was adopted or refused already.");

        isTaken = true;
        return end;
    }

    public override void Refuse(ReadOnlySpan<byte> lastWord)
    {
        if (isTaken) return;

        isTaken = true;
        end.Send(lastWord);
        end.Close();
    }
}
