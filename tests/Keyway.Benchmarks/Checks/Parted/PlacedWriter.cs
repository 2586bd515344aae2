using System.Net;
using System.Net.Sockets;
using Keyway.Benchmarks.Checks.Failing;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks.Parted;

/// <summary>A client on a machine of its own. It connects anew when its connection fails.</summary>
/// <param name="isGateway">Then the server owes it an answer, whatever has become of the shard.</param>
internal sealed class PlacedWriter(Place place, IPEndPoint server, bool isGateway, string key, Action<long> whenAcknowledged) : SetWriter(key, whenAcknowledged)
{
    private const int TimeoutMs = 15_000;
    private const int PauseMs = 20;

    private bool _isThere;
    private RespClient? _client;

    protected override string? Call(string member)
    {
        if (!_isThere) place.Enter();
        _isThere = true;
        try
        {
            _client ??= new RespClient(server, TimeoutMs);
            return _client.Call("SADD", Key, member);
        }
        catch (Exception failed) when (failed is SocketException or IOException)
        {
            if (isGateway) Unexpected.Add($"no answer: {failed.Message}");
            _client?.Dispose();
            _client = null;
            Thread.Sleep(PauseMs);
            return null;
        }
    }
}
