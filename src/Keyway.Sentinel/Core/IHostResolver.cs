namespace Keyway.Sentinel.Core;

/// <summary>Makes addresses of what INFO, hello messages and the saved state call a host. Must not block: it answers from what is known.</summary>
internal interface IHostResolver
{
    /// <returns>Null when the host is not acceptable or the port is not one.</returns>
    ServerAddress? Resolve(string host, int port);
}
