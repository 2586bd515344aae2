using System.Collections;

namespace Keyway.Gateway;

/// <summary>Servers in their order. Two lists of the same are equal, so that a reload recognizes a shard.</summary>
public sealed class ServerList(IEnumerable<ServerAddress> servers) : IReadOnlyList<ServerAddress>, IEquatable<ServerList>
{
    public static readonly ServerList None = new([]);

    private readonly ServerAddress[] _servers = [.. servers];

    public int Count => _servers.Length;

    public ServerAddress this[int index] => _servers[index];

    public IEnumerator<ServerAddress> GetEnumerator() => ((IEnumerable<ServerAddress>)_servers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ServerList? other) => other is not null && _servers.AsSpan().SequenceEqual(other._servers);

    public override bool Equals(object? obj) => Equals(obj as ServerList);

    public override int GetHashCode() => _servers.Length == 0 ? 0 : HashCode.Combine(_servers.Length, _servers[0]);

    public override string ToString() => string.Join(", ", _servers.Select(server => server.Text));
}
