using System.Net.Security;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Tests.Hosting;

public sealed class ShardVerbTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly int _port = ExternalServer.FreePort();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(KeywayProcess.Terminate)]
    [InlineData(KeywayProcess.Interrupt)]
    public void It_speaks_as_redis_server_does_and_ends_with_0(int signal)
    {
        using KeywayProcess shard = Start("--port", $"{_port}", "--bind", "127.0.0.1", "--maxmemory", "32mb");
        Assert.Contains($" PID: {shard.Id}", shard.Output);
        Assert.Matches(@"(?m)^" + shard.Id + @":M \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d\.\d{3} \* Ready to accept connections$", shard.Output);

        using RespClient client = RespClient.Connect(_port);
        Assert.Equal("OK", client.Call("SET", "k", "v").Text);
        Assert.Equal(["maxmemory", "33554432"], client.Call("CONFIG", "GET", "maxmemory").Texts);

        shard.Signal(signal);
        Assert.Equal(0, shard.WaitForExit());
        Assert.Contains("bye bye", shard.Output);
    }

    [Fact]
    public void A_start_with_the_same_command_line_does_not_undo_a_failover()
    {
        // As a container is restarted whose file is on a volume: at its first start the file is empty.
        string file = _folder.Write("shard.conf", "");
        string[] arguments = [file, "--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--replicaof", "127.0.0.1", "1"];
        using (KeywayProcess shard = Start(arguments))
        {
            using RespClient client = RespClient.Connect(_port);
            Assert.Equal("slave", client.Call("ROLE")[0].Text);
            Restart(client, "NO", "ONE");
            Assert.Equal(0, shard.WaitForExit());
        }

        using (KeywayProcess shard = Start(arguments))
        {
            Assert.Contains($"'replicaof \"127.0.0.1\" \"1\"' of the command line does not count: {file} has the role that this server had last.", shard.Output);
            using RespClient client = RespClient.Connect(_port);
            Assert.Equal("master", client.Call("ROLE")[0].Text);
            Restart(client, "127.0.0.1", "2");
            Assert.Equal(0, shard.WaitForExit());
        }

        using (KeywayProcess shard = Start(arguments))
        {
            using RespClient client = RespClient.Connect(_port);
            Assert.Equal(["slave", "127.0.0.1", "2"], client.Call("ROLE").Texts.Take(3));
        }

        // What sentinels say, and then the end.
        static void Restart(RespClient client, string host, string port)
        {
            client.Call("MULTI");
            client.Call("SLAVEOF", host, port);
            client.Call("CONFIG", "REWRITE");
            Assert.Equal(["OK", "OK"], client.Call("EXEC").Texts);
            client.Send("SHUTDOWN", "NOSAVE");
        }
    }

    [Fact]
    public void It_serves_over_the_portable_transport_where_that_is_asked_for()
    {
        using KeywayProcess shard = KeywayProcess.StartWith(_folder.Path, "sockets", "shard", "--port", $"{_port}", "--bind", "127.0.0.1").WaitUntilReady();
        using RespClient client = RespClient.Connect(_port);
        Assert.Equal("OK", client.Call("SET", "k", "v").Text);
    }

    [Theory]
    [InlineData("shard")]
    [InlineData("run")]
    public void A_transport_that_does_not_exist_stops_the_start(string verb)
    {
        using KeywayProcess process = KeywayProcess.StartWith(_folder.Path, "uring", verb);
        Assert.Equal(2, process.WaitForExit());
        Assert.Contains("KEYWAY_TRANSPORT: Unknown transport 'uring': write epoll or sockets.", process.Error);
    }

    [Fact]
    public void A_client_may_shut_it_down()
    {
        using KeywayProcess shard = Start("--port", $"{_port}", "--bind", "127.0.0.1");
        using RespClient client = RespClient.Connect(_port);
        client.Send("SHUTDOWN");
        Assert.True(client.IsClosedByPeer());
        Assert.Equal(0, shard.WaitForExit());
    }

    [Fact]
    public void It_reads_a_file_and_the_options_win()
    {
        _folder.Write("redis.conf", $"# a comment\nport 1\nbind 127.0.0.1\ndatabases 3\n");
        using KeywayProcess shard = Start("redis.conf", "--port", $"{_port}", "--log-format", "json");
        using RespClient client = RespClient.Connect(_port);
        Assert.Equal("OK", client.Call("SELECT", "2").Text);
        Assert.StartsWith("ERR DB index", client.Call("SELECT", "3").Text);
        Assert.All(shard.Output.Trim().Split('\n'), line => Assert.StartsWith("{\"time\":", line));
    }

    [Fact]
    public void A_wrong_directive_stops_the_start_as_redis_server_does()
    {
        _folder.Write("redis.conf", "port 7000\nno-such-thing 5\n");
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "shard", "redis.conf");
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains("*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***", error);
        Assert.Contains("Reading the configuration file, at line 2\n>>> 'no-such-thing 5'\nBad directive or wrong number of arguments", error);
    }

    [Fact]
    public void A_certificate_that_is_missing_stops_the_start()
    {
        string[] options = ["shard", "--port", "0", "--tls-port", $"{_port}", "--tls-cert-file", "no.crt", "--tls-key-file", "no.key", "--tls-auth-clients", "no"];
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, options);
        Assert.Equal(1, code);
        Assert.Contains("# Failed to configure TLS: Failed to load certificate: ", output);
        Assert.Equal($"keyway shard: Failed to load certificate: {Path.Combine(_folder.Path, "no.crt")}: No such file or directory\n", error);
    }

    [Fact]
    public void A_server_that_could_not_be_reached_does_not_start()
    {
        (int code, string output, _) = KeywayProcess.Run(_folder.Path, "shard", "--port", "0");
        Assert.Equal(1, code);
        Assert.EndsWith("# Configured to not listen anywhere, exiting.\n", output);
    }

    [Fact]
    public void It_speaks_TLS_with_the_certificates_that_it_is_given()
    {
        using var certificates = new TestCertificates();
        using KeywayProcess shard = Start(["--port", "0", "--bind", "127.0.0.1", .. certificates.Directives(_port)]);
        using var socket = new System.Net.Sockets.TcpClient("127.0.0.1", _port);
        using var client = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
        client.AuthenticateAsClient("localhost", [certificates.ClientCertificate], checkCertificateRevocation: false);
        client.Write("PING\r\n"u8);
        byte[] reply = new byte[7];
        client.ReadExactly(reply);
        Assert.Equal("+PONG\r\n"u8, reply);

        // Who does not speak it is hung up on, and the log says so.
        using RespClient plain = RespClient.Connect(_port);
        plain.SendRaw("PING\r\n");
        Assert.True(plain.IsClosedByPeer());
        shard.WaitFor("# Error accepting a client connection: ");
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, _port);
        holder.Start();
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "shard", "--port", $"{_port}", "--bind", "127.0.0.1");
        Assert.Equal(1, code);
        Assert.StartsWith($"keyway shard: 127.0.0.1:{_port} is in use by", error);
    }

    [Fact]
    public void Its_log_and_its_number_may_go_to_files_and_its_level_may_change()
    {
        using (KeywayProcess shard = KeywayProcess.Start(_folder.Path, ["shard", "--port", $"{_port}", "--bind", "127.0.0.1", "--logfile", "log.txt", "--pidfile", "shard.pid"]))
        {
            // Nothing comes to the terminal, so the port tells when it is ready.
            using RespClient client = ConnectWhenReady();
            string log = Path.Combine(_folder.Path, "log.txt");
            Assert.Equal($"{shard.Id}\n", File.ReadAllText(Path.Combine(_folder.Path, "shard.pid")));
            Assert.Equal("OK", client.Call("CONFIG", "SET", "loglevel", "warning").Text);
            Assert.Equal("OK", client.Call("CONFIG", "SET", "activerehashing", "no").Text);
            Assert.Equal("OK", client.Call("CONFIG", "SET", "loglevel", "debug").Text);
            Assert.Equal("OK", client.Call("CONFIG", "SET", "activerehashing", "yes").Text);
            shard.Signal(KeywayProcess.Terminate);
            Assert.Equal(0, shard.WaitForExit());
            Assert.Equal("", shard.Output);
            Assert.Contains("Ready to accept connections", File.ReadAllText(log));
            Assert.Equal(2, File.ReadAllText(log).Split("The directive 'activerehashing' is accepted").Length);
        }

        Assert.False(File.Exists(Path.Combine(_folder.Path, "shard.pid")));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "shard", "--port", $"{_port}", "--logfile", "nosuch/log.txt");
        Assert.Equal(1, code);
        Assert.StartsWith("keyway shard: can't open the log file", error);
    }

    private RespClient ConnectWhenReady()
    {
        RespClient? client = null;
        bool isReady = SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    client = RespClient.Connect(_port);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(20));
        Assert.True(isReady);
        return client!;
    }

    private KeywayProcess Start(params string[] arguments) => KeywayProcess.Start(_folder.Path, ["shard", .. arguments]).WaitUntilReady();
}
