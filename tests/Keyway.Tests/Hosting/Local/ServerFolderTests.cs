using Keyway.Configuration;
using Keyway.Hosting;
using Keyway.Hosting.Local;
using Keyway.State;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.Hosting.Local;

/// <summary>What is in the folder of a server with a process of its own.</summary>
public sealed class ServerFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_settings_are_the_maps_and_its_role_is_read_again()
    {
        ServerFolder server = Server("{ local: [7001, 7101], conf: { maxmemory: 32mb, requirepass: \"a b\", replica-priority: 7 } }");
        Assert.Equal(FolderRole.Unknown, server.Role);

        server.WriteConf(null);
        Assert.Equal(FolderRole.Master, server.Role);
        string[] lines = File.ReadAllLines(server.ConfPath);
        Assert.Contains("port 7101", lines);
        Assert.Contains("maxmemory 32mb", lines);
        Assert.Contains("requirepass \"a b\"", lines);
        Assert.Contains("masterauth \"a b\"", lines);
        Assert.Contains("appendonly yes", lines);
        Assert.Contains("replica-priority 7", lines);
        Assert.Contains($"logfile \"{server.LogPath}\"", lines);

        // Nobody promotes it before it is known to have its master's data.
        server.WriteConf(7001);
        Assert.Equal(FolderRole.Replica, server.Role);
        lines = File.ReadAllLines(server.ConfPath);
        Assert.Contains("replicaof 127.0.0.1 7001", lines);
        Assert.Contains("replica-priority 0", lines);
        Assert.Equal("7", server.Priority);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_is_no_role()
    {
        ServerFolder server = Server("{ local: [7001, 7101] }");
        server.WriteConf(null);
        File.WriteAllText(server.ConfPath, "replicaof\n");
        Assert.Contains("which says whether this server is a master, cannot be read", Assert.Throws<StateException>(() => server.Role).Message);
    }

    [Fact]
    public void An_empty_folder_holds_nothing()
    {
        FolderFacts facts = Server("{ local: [7001, 7101] }").Facts();
        Assert.Equal((7101, true, FolderRole.Unknown, false), (facts.Port, facts.IsInMap, facts.Role, facts.HoldsData));
        Assert.False(Server("{ local: [7001, 7102] }").Facts().IsInMap);
    }

    [Theory]
    [InlineData("bind: \"10.0.0.5\"", "map.yaml:3:1: shard 's1': the gateway reaches it at 127.0.0.1, and 'bind 10.0.0.5' shuts that out; add 127.0.0.1")]
    [InlineData("maxmemory: much", "map.yaml:3:1: shard 's1': 'maxmemory much': argument must be a memory value; write it as redis.conf has it")]
    public void Its_conf_is_checked_with_the_map(string conf, string expected)
    {
        KeywayConfig config = Maps.Load(Maps.BeforeShards + $"  s1: {{ local: [7001, 7101], conf: {{ {conf} }} }}\n");
        Assert.Equal([expected], IncludedConf.Check(config).Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("bind: \"127.0.0.1 10.0.0.5\"")]
    [InlineData("bind: \"*\"")]
    [InlineData("bind: \"10.0.0.5 -localhost\"")]
    public void Further_addresses_are_welcome(string conf) =>
        Assert.Empty(IncludedConf.Check(Maps.Load(Maps.BeforeShards + $"  s1: {{ local: [7001, 7101], conf: {{ {conf} }} }}\n")));

    private ServerFolder Server(string shard)
    {
        KeywayConfig config = Maps.Load(Maps.BeforeShards + $"  s1: {shard}\n");
        return new ServerFolder(config.Shards[0], 7101, _folder.PathOf("s1/7101"));
    }
}
