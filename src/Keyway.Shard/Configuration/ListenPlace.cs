using System.Net;

namespace Keyway.Shard.Configuration;

/// <summary>Where a server listens.</summary>
/// <param name="EndPoint">An address and port, or a Unix socket.</param>
/// <param name="IsOptional">Go without it where the system lacks it.</param>
/// <param name="IsTls">Clients must speak TLS there.</param>
public sealed record ListenPlace(EndPoint EndPoint, bool IsOptional = false, bool IsTls = false);
