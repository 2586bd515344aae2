using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>A plain client of the gateway: knows of no failover.</summary>
internal sealed class GatewayWriter(int port, string key, Action<long> whenAcknowledged) : SetWriter(key, whenAcknowledged)
{
    private readonly RespClient _client = new(port, timeoutMs: 30_000);

    protected override string? Call(string member) => _client.Call("SADD", Key, member);
}
