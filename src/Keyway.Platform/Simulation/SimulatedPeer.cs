using System.Net;
using System.Text;

namespace Keyway.Platform.Simulation;

/// <summary>An end of a connection without a loop, for a test to play client or server with. Nothing arrives but by the network's steps.</summary>
public sealed class SimulatedPeer : ISimulatedOwner
{
    private readonly SimulatedEnd end;
    private readonly List<byte> received = [];

    internal SimulatedPeer(SimulatedEnd end)
    {
        this.end = end;
        end.Owner = this;
        IsConnected = !end.IsConnecting;
    }

    public EndPoint EndPoint => end.EndPoint;

    public bool IsConnected { get; private set; }

    /// <summary>Either side has ended it, and what was sent before has been received.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The other side will send nothing more.</summary>
    public bool InputEnded { get; private set; }

    /// <summary>Why it broke: refused or cut. Null while it lives and when it ended in good order.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Called after bytes have come: a server that answers by itself.</summary>
    public Action<SimulatedPeer>? WhenReceived { get; set; }

    /// <summary>Everything received and not taken yet.</summary>
    public byte[] Received => [.. received];

    public string ReceivedText => Encoding.Latin1.GetString(Received);

    SimulatedEventLoop? ISimulatedOwner.OwnLoop => null;

    /// <returns>How many bytes were taken: fewer than offered when the other side does not read. Before the connection stands: none.</returns>
    public int Send(ReadOnlySpan<byte> bytes) => IsClosed ? 0 : end.Send(bytes);

    /// <summary>The same for text of single-byte characters.</summary>
    public int Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public byte[] TakeReceived()
    {
        byte[] taken = Received;
        received.Clear();
        return taken;
    }

    public string TakeText() => Encoding.Latin1.GetString(TakeReceived());

    public void StopReading() => end.IsPaused = true;

    public void ResumeReading() => end.IsPaused = false;

    /// <summary>Says that nothing more will be sent, and goes on reading.</summary>
    public void EndOutput() => end.EndOutput();

    public void Close()
    {
        IsClosed = true;
        end.Close();
    }

    public void Abort()
    {
        IsClosed = true;
        end.Cut();
    }

    void ISimulatedOwner.WhenConnected() => IsConnected = true;

    void ISimulatedOwner.WhenReceived(byte[] bytes)
    {
        received.AddRange(bytes);
        WhenReceived?.Invoke(this);
    }

    void ISimulatedOwner.WhenInputEnded()
    {
        InputEnded = true;
        if (end.PeerIsGone) Close();
    }

    void ISimulatedOwner.WhenHungUp() { }

    // Room is there to be found by the next send.
    void ISimulatedOwner.WhenRoom() { }

    void ISimulatedOwner.WhenBroken(Exception error)
    {
        IsClosed = true;
        Error = error;
    }
}
