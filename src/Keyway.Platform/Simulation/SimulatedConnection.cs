using System.Net;

namespace Keyway.Platform.Simulation;

/// <summary>The end of a simulated connection that a loop has.</summary>
internal sealed class SimulatedConnection : LoopConnection, ISimulatedOwner
{
    private readonly SimulatedEnd end;
    private readonly EndPoint? remote;
    private bool isAborted;

    public SimulatedConnection(SimulatedEventLoop loop, SimulatedEnd end, ConnectionHandler handler)
        : base(loop, handler)
    {
        this.end = end;
        remote = end.Target ?? end.Peer?.EndPoint;
        OwnLoop = loop;
        end.Owner = this;
    }

    public SimulatedEventLoop OwnLoop { get; }

    public SimulatedEnd SimulatedEnd => end;

    public override EndPoint? RemoteEndPoint => remote;

    public override EndPoint? LocalEndPoint => end.EndPoint;

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen) return 0;

        int taken = end.Send(bytes);
        if (taken == 0) return 0;

        Loop.Statistics.SendCalls++;
        Loop.Statistics.SentBytes += taken;
        return taken;
    }

    public override void PauseReading() => end.IsPaused = true;

    public override void ResumeReading()
    {
        end.IsPaused = false;
        end.WatchesHangUp = false;
    }

    public override void WatchForHangUp() => end.WatchesHangUp = true;

    public override void Close() => End(null);

    public override void Abort()
    {
        if (!IsOpen) return;

        isAborted = true;
        End(null);
    }

    public void WhenConnected() => Handler.OnConnected();

    public void WhenReceived(byte[] bytes)
    {
        Loop.Statistics.ReceiveCalls++;
        Loop.Statistics.ReceivedBytes += bytes.Length;
        Handler.OnReceived(bytes);
    }

    public void WhenInputEnded() => Handler.OnEndOfInput();

    public void WhenHungUp() => Handler.OnHangUp();

    public void WhenRoom() => Handler.OnWritable();

    public void WhenBroken(Exception error) => End(error);

    /// <summary>A simulated send fails by news from the network, which comes after what had been received.</summary>
    protected override void ReadLast() { }

    protected override void Release()
    {
        if (isAborted) end.Cut();
        else end.Close();
    }
}
