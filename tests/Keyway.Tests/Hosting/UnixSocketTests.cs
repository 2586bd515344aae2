using System.Net.Sockets;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Tests.Hosting;

/// <summary>Clients that come by a Unix socket.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private const string File = "keyway.yaml";
    private const int Killed = 9;

    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    private string Path => _folder.PathOf("keyway.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void They_are_served_beside_those_who_come_by_TCP_and_the_file_goes_with_the_gateway()
    {
        using KeywayProcess keyway = Start();
        Assert.Contains($"unix:{Path}", keyway.Output);
        if (!OperatingSystem.IsWindows()) Assert.Equal(AllModes & ~Umask(), System.IO.File.GetUnixFileMode(Path));

        using RespClient client = RespClient.Connect(new UnixDomainSocketEndPoint(Path));
        using RespClient other = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("MSET", "n:1", "one", "n:200", "two").Text);
        Assert.Equal(["one", "two"], other.Call("MGET", "n:1", "n:200").Texts);

        keyway.Signal(KeywayProcess.Terminate);
        Assert.Equal(0, keyway.WaitForExit());
        Assert.False(System.IO.Path.Exists(Path));
    }

    [Fact]
    public void The_file_of_a_gateway_that_was_killed_is_taken_over_and_that_of_one_that_lives_is_not()
    {
        using (KeywayProcess killed = Start())
        {
            killed.Signal(Killed);
            killed.WaitForExit();
        }

        Assert.True(System.IO.Path.Exists(Path));
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(new UnixDomainSocketEndPoint(Path));
        Assert.Equal("PONG", client.Call("PING").Text);

        var map = new TestMap();
        _folder.Write("second.yaml", "data: second\n" + map.Yaml().Replace($"listen: 127.0.0.1:{map.Port}", $"listen: unix:{Path}", StringComparison.Ordinal));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "second.yaml");
        Assert.Equal(1, code);
        Assert.Contains($"{Path} is in use", error);
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    [Fact]
    public void A_file_that_is_no_socket_is_left_alone()
    {
        _folder.Write("keyway.sock", "precious");
        _folder.Write(File, Map());
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", File);
        Assert.Equal(1, code);
        Assert.Contains("is not a socket", error);
        Assert.Equal("precious", System.IO.File.ReadAllText(Path));
    }

    [Fact]
    public void They_come_and_go_with_reloads_and_speak_plainly_where_others_speak_TLS()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(new UnixDomainSocketEndPoint(Path));
        using var certificates = new TestCertificates();
        _folder.Replace(File, Map($"tls: {{ cert: {certificates.PathOf("server.crt")}, key: {certificates.PathOf("server.key")} }}"));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        using RespClient second = RespClient.Connect(new UnixDomainSocketEndPoint(Path));
        Assert.Equal("PONG", second.Call("PING").Text);

        _folder.Replace(File, _map.Yaml());
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.", times: 2);
        Assert.False(System.IO.Path.Exists(Path));
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    private const UnixFileMode AllModes = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // "Umask:	0022"
    private static UnixFileMode Umask()
    {
        string line = System.IO.File.ReadLines("/proc/self/status").First(line => line.StartsWith("Umask:", StringComparison.Ordinal));
        return (UnixFileMode)Convert.ToInt32(line.Split('\t')[1], 8);
    }

    private KeywayProcess Start()
    {
        _folder.Write(File, Map());
        return KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
    }

    private string Map(string pool = "") =>
        _map.Yaml(pool: pool).Replace($"listen: 127.0.0.1:{_map.Port}", $"listen: [127.0.0.1:{_map.Port}, unix:{Path}]", StringComparison.Ordinal);
}
