using System.Globalization;
using System.Text.Json;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>What the gateway does with keys is what `explain` says, as the servers behind it see it.</summary>
public sealed class PlacementTests : IDisposable
{
    private const int Keys = 600;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("- slots: { 0-8191: s1, 8192-16383: s2 }")]
    [InlineData("- { by: number, ranges: { 1-20000: s1, 20001-: s2 }, otherwise: s1 }")]
    [InlineData("- { by: text, ranges: { ..k5: s1, k5..: s2 } }")]
    public void Every_key_is_on_the_server_that_explain_names(string rule)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer first = RedisServer.Start();
        using RedisServer second = RedisServer.Start();
        int port = ExternalServer.FreePort();
        string map = _folder.Write("keyway.yaml", $$"""
            admin: 127.0.0.1:0
            shards:
              s1: { nodes: [127.0.0.1:{{first.Port}}] }
              s2: { nodes: [127.0.0.1:{{second.Port}}] }
            pools:
              main:
                listen: 127.0.0.1:{{port}}
                partitions:
                  {{rule}}
            """);
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", map).WaitUntilReady();
        using RespClient client = RespClient.Connect(port);
        using RespClient onFirst = first.Connect();
        using RespClient onSecond = second.Connect();

        // Bare numbers around the bound, words, and words with tags.
        string[] keys = [.. Enumerable.Range(0, Keys).Select(i => (i % 3) switch
        {
            0 => (19_700 + i).ToString(CultureInfo.InvariantCulture),
            1 => $"k{i}",
            _ => $"{{tag{i % 7}}}k{i}",
        })];
        foreach (string key in keys) Assert.Equal("OK", client.Call("SET", key, "v").Text);

        (int exit, string json, string error) = KeywayProcess.Run(_folder.Path, ["explain", "-c", map, "--json", .. keys]);
        Assert.True(exit == 0, error);
        JsonElement[] told = [.. JsonDocument.Parse(json).RootElement.EnumerateArray()];
        Assert.Equal(keys, told.Select(entry => entry.GetProperty("key").GetString()));
        foreach (JsonElement entry in told)
        {
            string key = entry.GetProperty("key").GetString()!;
            bool isFirst = entry.GetProperty("shard").GetString() == "s1";
            Assert.Equal($"127.0.0.1:{(isFirst ? first : second).Port}", entry.GetProperty("address").GetString());
            Assert.Equal(isFirst ? 1 : 0, onFirst.Call("EXISTS", key).Integer);
            Assert.Equal(isFirst ? 0 : 1, onSecond.Call("EXISTS", key).Integer);
        }
        Assert.Equal(2, told.Select(entry => entry.GetProperty("shard").GetString()).Distinct().Count());
    }
}
