using System.Net;
using Keyway.Testing.RealServers;
using Keyway.Tests.Hosting;

namespace Keyway.Tests.Admin;

public sealed class AdminPagesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_pages_tell_that_the_process_lives_and_what_it_serves()
    {
        using KeywayProcess keyway = Start(_map.Yaml());
        Assert.Equal((HttpStatusCode.OK, "ok\n"), Http.Get(_map.Admin, "/healthz"));
        Eventually.True(() => Http.Get(_map.Admin, "/readyz") == (HttpStatusCode.OK, "ready\n"), keyway.Describe);
        (HttpStatusCode status, string page) = Http.Get(_map.Admin, "/");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("/metrics", page);
        Assert.Contains($"127.0.0.1:{_map.Shard2} (embedded)", page);
        Assert.Equal(HttpStatusCode.NotFound, Http.Get(_map.Admin, "/elsewhere").Status);
    }

    [Fact]
    public void The_status_page_shows_the_line_that_cures_a_crossslot()
    {
        using KeywayProcess keyway = Start(_map.Yaml());
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.StartsWith("CROSSSLOT", client.Call("RENAME", "n:1", "n:200").Text);
        Assert.Contains("- { prefix: \"n:\", shard: s", Http.Get(_map.Admin, "/").Text);
    }

    [Fact]
    public void A_shard_that_is_gone_is_named_by_readyz_and_by_ping()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using KeywayProcess keyway = Start(_map.Yaml(s1: $"{{ nodes: [127.0.0.1:{redis.Port}], timeout: 200ms }}"));
        Eventually.True(() => Http.Get(_map.Admin, "/readyz").Status == HttpStatusCode.OK, keyway.Describe);
        Assert.Equal((0, "ready\n", ""), KeywayProcess.Run(_folder.Path, "ping", "-c", "keyway.yaml"));

        redis.Kill();
        string words = $"pool 'main': shard 's1' at 127.0.0.1:{redis.Port} has no live master\n";
        Eventually.True(() => Http.Get(_map.Admin, "/readyz") == (HttpStatusCode.ServiceUnavailable, words), keyway.Describe);
        Assert.Equal(HttpStatusCode.OK, Http.Get(_map.Admin, "/healthz").Status);
        Assert.Equal((1, "", words), KeywayProcess.Run(_folder.Path, "ping", "-c", "keyway.yaml"));
    }

    [Fact]
    public void While_draining_it_is_alive_and_not_ready()
    {
        using var stuck = new StuckShard();
        using KeywayProcess keyway = Start(_map.Yaml(s1: $"{{ nodes: [127.0.0.1:{stuck.Port}], timeout: 60s }}"));
        using RespClient client = RespClient.Connect(_map.Port);
        client.Send("GET", "n:1");
        stuck.WaitForRequest("n:1");

        keyway.Signal(KeywayProcess.Terminate);
        keyway.WaitFor("Stopping");
        (HttpStatusCode, string) draining = (HttpStatusCode.ServiceUnavailable, "draining: the process is about to end\n");
        Eventually.True(() => Http.Get(_map.Admin, "/readyz") == draining, keyway.Describe);
        Assert.Equal(HttpStatusCode.OK, Http.Get(_map.Admin, "/healthz").Status);

        // The reply that was owed comes, and then there is nothing left to wait for.
        stuck.Reply("n:1", "$3\r\none\r\n");
        Assert.Equal("one", client.ReadReply().Text);
        Assert.Equal(0, keyway.WaitForExit());
    }

    [Fact]
    public void Only_the_verb_may_ask_for_a_reload()
    {
        using KeywayProcess keyway = Start(_map.Yaml());
        Assert.Equal(HttpStatusCode.Forbidden, Http.Send(HttpMethod.Post, _map.Admin, "/reload").Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, Http.Get(_map.Admin, "/reload").Status);
        (HttpStatusCode status, string json) = Http.Send(HttpMethod.Post, _map.Admin, "/reload", ("X-Keyway-Verb", "reload"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("{\"result\":\"ok\",\"file\":", json);
    }

    [Fact]
    public void Ping_without_a_gateway_ends_with_1()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "ping", "-c", "keyway.yaml");
        Assert.Equal(1, code);
        Assert.StartsWith($"keyway ping: no gateway answers at 127.0.0.1:{_map.Admin}", error);
    }

    private KeywayProcess Start(string yaml)
    {
        _folder.Write("keyway.yaml", yaml);
        return KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
    }
}
