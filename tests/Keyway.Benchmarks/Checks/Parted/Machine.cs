using System.Net;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks.Parted;

/// <summary>A server and the network namespace that is its machine.</summary>
internal sealed record Machine(Place Place, int Port, ChildProcess Process)
{
    // Enough for a machine that does too much at once, short of a person's patience.
    private const int AskMs = 5_000;

    public IPEndPoint EndPoint => new(Place.Address, Port);

    public string Ask(params string[] request)
    {
        using RespClient client = Connect();
        return client.Call(request);
    }

    public RespClient Connect() => new(EndPoint, AskMs);
}
