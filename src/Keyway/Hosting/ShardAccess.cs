using Keyway.Configuration;
using Keyway.Platform.Tls;

namespace Keyway.Hosting;

/// <summary>What a server asks of whoever would ask it something.</summary>
internal sealed record ShardAccess(string? User, string? Password, TlsClientSettings? Tls)
{
    /// <summary>Nothing.</summary>
    public static ShardAccess Open { get; } = new(null, null, null);

    public static ShardAccess ByPassword(string? password) => new(null, password, null);

    /// <exception cref="IOException">Its certificates cannot be read.</exception>
    public static ShardAccess Of(ShardConfig? shard) => shard is null ? Open : new(shard.User, shard.Password, ShardTls.Settings(shard));
}
