using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>A map on free ports: two embedded shards, divided by number, and what a test adds.</summary>
internal sealed class TestMap
{
    public int Port { get; } = ExternalServer.FreePort();

    public int Admin { get; } = ExternalServer.FreePort();

    public int Shard1 { get; } = ExternalServer.FreePort();

    public int Shard2 { get; } = ExternalServer.FreePort();

    public int Shard3 { get; } = ExternalServer.FreePort();

    /// <param name="last">Up to which number the keys are s1's.</param>
    /// <param name="pool">Further lines of the pool.</param>
    /// <param name="top">Further lines of the map.</param>
    /// <param name="shards">Further shards.</param>
    public string Yaml(int last = 100, string pool = "", string top = "", string shards = "", string s1 = "", string rest = "s2") => $$"""
        admin: 127.0.0.1:{{Admin}}
        loops: 2
        {{top}}
        shards:
          s1: {{(s1.Length > 0 ? s1 : $"{{ embedded: {Shard1} }}")}}
          s2: { embedded: {{Shard2}} }
          {{shards}}
        pools:
          main:
            listen: 127.0.0.1:{{Port}}
            {{pool}}
            partitions:
              - prefix: "n:"
                by: number
                ranges: { -{{last}}: s1, {{last + 1}}-: s2 }
                otherwise: next
              - shard: {{rest}}
        """;

    public string ShardThree => $"s3: {{ embedded: {Shard3} }}";
}
