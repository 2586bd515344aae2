using System.Diagnostics.Metrics;
using System.Net;
using Keyway.Hosting;
using Keyway.Metrics;
using Keyway.Testing.RealServers;
using Keyway.Tests.Admin;
using Keyway.Tests.Configuration;
using Keyway.Tests.Hosting;

namespace Keyway.Tests.Metrics;

public sealed class MetricsPageTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_clients_and_shards_did_is_on_the_page()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
        Assert.Equal(2, client.Call("MGET", "n:1", "n:200").Count);
        Assert.True(client.Call("INCR", "n:1").IsError);
        Assert.True(client.Call("SHUTDOWN").IsError);
        Assert.True(client.Call("no-such-command-of-mine").IsError);

        string page = Page();
        Assert.Contains("\nkeyway_build_info{version=\"0.1.0\"} 1\n", page);
        Assert.Contains("\nkeyway_client_connections{pool=\"main\"} 1\n", page);
        Assert.Contains("\nkeyway_client_connections_accepted_total{pool=\"main\"} 1\n", page);
        Assert.Contains("\nkeyway_commands_total{pool=\"main\",command=\"set\",result=\"ok\"} 1\n", page);
        Assert.Contains("\nkeyway_commands_total{pool=\"main\",command=\"incr\",result=\"error\"} 1\n", page);
        Assert.Contains("\nkeyway_commands_total{pool=\"main\",command=\"shutdown\",result=\"refused\"} 1\n", page);
        Assert.Contains("\nkeyway_commands_total{pool=\"main\",command=\"other\",result=\"unknown\"} 1\n", page);
        Assert.Contains("\nkeyway_command_duration_seconds_count{pool=\"main\",command=\"mget\"} 1\n", page);
        Assert.Contains("\nkeyway_fragments_total{command=\"mget\"} 2\n", page);
        Assert.Contains($"\nkeyway_shard_up{{shard=\"s1\",address=\"127.0.0.1:{_map.Shard1}\"}} 1\n", page);
        Assert.Contains("\nkeyway_shard_requests_total{shard=\"s1\"} 3\n", page);
        Assert.Contains("\nkeyway_shard_errors_total{shard=\"s2\",kind=\"timeout\"} 0\n", page);
        Assert.Contains("\nkeyway_loop_turns_total{loop=\"1\"} ", page);
        Assert.DoesNotContain("no-such-command-of-mine", page);

        // Where the system tells, every metric has a value.
        Assert.All(MetricTable.All, family => Assert.Matches($@"(?m)^{family.Name}(_bucket)?[{{ ]", page));
    }

    [Fact]
    public void Promtool_finds_nothing_wrong()
    {
        Assert.SkipWhen(Promtool.Unavailable is not null, Promtool.Unavailable ?? "");
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        client.Call("MSET", "n:1", "1", "n:200", "2");
        Assert.Equal("", Promtool.Check(Page()));
        Assert.NotEqual("", Promtool.Check(Page() + "keyway_bad{ 1\n"));
    }

    [Fact]
    public void The_same_figures_are_a_meter()
    {
        using var state = ServedState.Open(_folder.PathOf("data"));
        var run = new GatewayRun { Config = Maps.Load(_map.Yaml()), Environment = Maps.NoEnvironment, Version = "9.9", State = state };
        using var publisher = new MeterPublisher(new MetricsReader(run), "9.9", TimeProvider.System);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MeterPublisher.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[$"{instrument.Name} {string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(1, seen["keyway_build_info version=9.9"]);
    }

    private KeywayProcess Start()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        return KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
    }

    private string Page()
    {
        (HttpStatusCode status, string text) = Http.Get(_map.Admin, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return text;
    }
}
