using System.Text.RegularExpressions;
using Keyway.Testing.RealServers;
using Keyway.Tests.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Keyway.Tests.Hosting;

/// <summary>
/// What docker-compose.yml starts, as plain processes: the same commands and files, with this machine's ports in place of containers' addresses. There may
/// be no container engine where the tests run.
/// </summary>
public sealed class ComposeTests : IDisposable
{
    private const int Killed = 9;

    /// <summary>Sentinels whose process was held up trust nobody for half a minute, and a second attempt at a failover comes after twenty seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, Service> _services = Read();
    private readonly Dictionary<string, KeywayProcess> _running = [];

    public void Dispose()
    {
        foreach (KeywayProcess process in _running.Values) process.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Both_gateways_serve_on_when_a_master_dies()
    {
        foreach (Service service in _services.Values) Prepare(service);
        foreach (Service service in _services.Values) Start(service);
        foreach (KeywayProcess process in _running.Values) process.WaitUntilReady();
        foreach (string name in new[] { "s1", "s2" })
            foreach (Service sentinel in _services.Values.Where(service => service.Verb == "sentinel")) AwaitQuorum(sentinel, name);

        string[] keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
        foreach (string key in keys) Write(_services["gateway1"], key, "before");
        Assert.All(keys, key => Assert.Equal("before", Call(_services["gateway2"], "GET", key).Text));

        Service dying = _services["s1-1"];
        _running[dying.Name].Signal(Killed);
        _running[dying.Name].WaitForExit();
        foreach (Service gateway in _services.Values.Where(service => service.Verb == "run"))
            foreach (string key in keys) Write(gateway, key, gateway.Name);
        Assert.All(keys, key => Assert.Equal("gateway2", Call(_services["gateway1"], "GET", key).Text));

        // The container is started again with the command of its first start, and follows.
        _running[dying.Name].Dispose();
        Start(dying);
        Eventually.True(() => Try(dying, "ROLE") is { Count: 5 } role && role[0].Text == "slave" && role[3].Text == "connected", Describe, Limit);
    }

    private static Dictionary<string, Service> Read()
    {
        using var text = new StringReader(File.ReadAllText(Path.Combine(SourceTree.Root, "docker-compose.yml")));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        var services = new Dictionary<string, Service>();
        foreach ((object key, object value) in (Dictionary<object, object>)file["services"])
        {
            var service = (Dictionary<object, object>)value;
            if ((string)service["image"] != "keyway:latest") continue;
            var network = (Dictionary<object, object>)((Dictionary<object, object>)service["networks"])["keyway"];
            string[] command = [.. ((List<object>)service["command"]).Cast<string>()];
            services.Add((string)key, new Service((string)key, (string)network["ipv4_address"], command, ExternalServer.FreePort(), ExternalServer.FreePort()));
        }

        return services;
    }

    // What the image and the volumes bring.
    private void Prepare(Service service)
    {
        string folder = _folder.PathOf(service.Name);
        Directory.CreateDirectory(folder);
        string config = Path.Combine(SourceTree.Root, "config");
        File.WriteAllText(Path.Combine(folder, "shard.conf"), "");
        File.WriteAllText(Path.Combine(folder, "sentinel.conf"), Here(service, File.ReadAllText(Path.Combine(config, "sentinel", "sentinel.conf"))));
        File.WriteAllText(Path.Combine(folder, "keyway.compose.yaml"), Here(service, File.ReadAllText(Path.Combine(config, "keyway.compose.yaml"))));
    }

    private void Start(Service service)
    {
        // "--replicaof", "10.77.0.11", "6379"
        string command = Here(service, string.Join('\n', service.Command).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        string[] arguments = command.Split('\n');
        if (service.Verb == "shard") arguments = [.. arguments, "--port", $"{service.Port}"];
        _running[service.Name] = KeywayProcess.Start(_folder.PathOf(service.Name), arguments);
    }

    private string Here(Service self, string text)
    {
        string folder = _folder.PathOf(self.Name);
        text = text.Replace("/config/", folder + "/", StringComparison.Ordinal);
        text = Regex.Replace(text, @"(?<=[\s:]|^)/data", folder, RegexOptions.Multiline);
        text = Regex.Replace(text, "^port 26379", $"port {self.Port}", RegexOptions.Multiline);
        text = text.Replace("0.0.0.0:9380", $"127.0.0.1:{self.AdminPort}", StringComparison.Ordinal).Replace("0.0.0.0:6379", $"127.0.0.1:{self.Port}", StringComparison.Ordinal);
        foreach (Service other in _services.Values)
            text = Regex.Replace(text, Regex.Escape(other.Address) + "([:\\s])(?:6379|26379)", $"127.0.0.1${{1}}{other.Port}");
        return text;
    }

    private void AwaitQuorum(Service sentinel, string master) => Eventually.True(
        () => Try(sentinel, "SENTINEL", "MASTER", master) is { IsError: false } state && state["num-slaves"].Text == "2" && state["num-other-sentinels"].Text == "2"
            && Try(sentinel, "INFO", "sentinel")?.Text.Contains("sentinel_tilt:0", StringComparison.Ordinal) == true,
        Describe, Limit);

    private void Write(Service gateway, string key, string value) => Eventually.True(() => Try(gateway, "SET", key, value)?.Text == "OK", Describe, Limit);

    private static RespValue Call(Service service, params string[] command)
    {
        using RespClient client = RespClient.Connect(service.Port);
        return client.Call(command);
    }

    private static RespValue? Try(Service service, params string[] command)
    {
        try
        {
            return Call(service, command);
        }
        catch (Exception down) when (down is System.Net.Sockets.SocketException or IOException)
        {
            return null;
        }
    }

    private string Describe() => string.Join("\n\n", _running.Select(entry => $"{entry.Key}\n{entry.Value.Describe()}"));

    private sealed record Service(string Name, string Address, string[] Command, int Port, int AdminPort)
    {
        public string Verb => Command[0];
    }
}
