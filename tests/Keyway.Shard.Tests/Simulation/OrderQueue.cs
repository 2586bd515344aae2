using System.Net;
using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Simulation;

/// <summary>Sends a node what it is to do, over whatever connection there is; what was on its way when that broke is lost.</summary>
internal sealed class OrderQueue(SimulatedNetwork network, EndPoint endPoint)
{
    private readonly Queue<byte[]> _requests = new();
    private SimulatedPeer? _peer;
    private byte[] _rest = [];

    public void Add(byte[] request)
    {
        _requests.Enqueue(request);
        Pump();
    }

    /// <summary>The node has ended: whoever wants something has to connect anew.</summary>
    public void Disconnect()
    {
        _peer?.Abort();
        _peer = null;
        _rest = [];
    }

    public void Pump()
    {
        if (_peer is { IsClosed: true } or { InputEnded: true }) Disconnect();
        if (_rest.Length == 0 && _requests.Count == 0) return;
        _peer ??= Connect();
        while (_peer.IsConnected)
        {
            if (_rest.Length == 0 && !_requests.TryDequeue(out _rest!))
            {
                _rest = [];
                return;
            }

            int sent = _peer.Send(_rest);
            _rest = _rest[sent..];
            if (_rest.Length > 0) return;
        }
    }

    private SimulatedPeer Connect()
    {
        SimulatedPeer peer = network.Connect(endPoint);
        peer.WhenReceived = static one => one.TakeReceived();
        return peer;
    }
}
