using System.Diagnostics;
using System.Text;
using Keyway.Client;
using Keyway.Testing.RealServers;
using Keyway.Tests.Hosting;

namespace Keyway.Tests.Client;

public sealed class CallTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Replies_look_as_redis_cli_shows_them()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using RespClient setup = redis.Connect();
        setup.Call("SET", "text", "a \"quoted\" \\ line\r\n\tand \x01\xff bytes");
        setup.Call("HSET", "hash", "field", "value", "other", "2");
        setup.Call("RPUSH", "list", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        setup.Call("SADD", "set", "member");
        setup.Call("GEOADD", "geo", "13.361389", "38.115556", "Palermo");

        string[][] commands =
        [
            ["PING"], ["GET", "text"], ["GET", "missing"], ["LRANGE", "list", "0", "-1"], ["LRANGE", "missing", "0", "-1"], ["HGETALL", "hash"],
            ["SMEMBERS", "set"], ["SMEMBERS", "missing"], ["HGETALL", "missing"], ["NOSUCH", "x"], ["EVAL", "return {1,{2,{3,'x'},{}},'y'}", "0"],
            ["GEOPOS", "geo", "Palermo", "nowhere"], ["EVAL", "redis.setresp(3); return {true,false,{double=1.5}}", "0"], ["ECHO", ""],
            ["BLPOP", "missing", "0.001"], ["STRLEN", "text"],
            ["COMMAND", "INFO", "get", "nosuch"], ["COMMAND", "DOCS", "set"], ["CONFIG", "GET", "maxmemory*"],
        ];
        foreach (string[] command in commands)
        {
            foreach (string[] options in new string[][] { [], ["-3"] })
            {
                foreach (string form in new[] { "--raw", "--no-raw" })
                {
                    string expected = RedisCli(redis.Port, [.. options, form, .. command]);
                    using RedisConnection connection = RedisConnection.Open(redis.EndPoint, TimeSpan.FromSeconds(20));
                    if (options.Length > 0) connection.Call("HELLO", "3");
                    RedisReply reply = connection.Call(command);
                    string shown = form == "--raw" ? ReplyPrinter.Raw(reply) + "\n" : ReplyPrinter.Human(reply);
                    string about = $"{form} {string.Join(' ', options)} {string.Join(' ', command)}\n";

                    // Its raw errors end with an empty line.
                    Assert.Equal(about + expected, about + shown);
                }
            }
        }
    }

    [Fact]
    public void The_exit_code_tells_an_error_from_an_answer()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start("--requirepass", "secret");
        string port = $"{redis.Port}";
        Assert.Equal((0, "OK\n", ""), KeywayProcess.Run(_folder.Path, "call", "-p", port, "-a", "secret", "SET", "k", "-1"));
        Assert.Equal((0, "\"-1\"\n", ""), KeywayProcess.Run(_folder.Path, "call", "-p", port, "-a", "secret", "-3", "--no-raw", "GET", "k"));
        Assert.Equal((1, "NOAUTH Authentication required.\n", ""), KeywayProcess.Run(_folder.Path, "call", "-p", port, "GET", "k"));

        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "call", "-p", $"{ExternalServer.FreePort()}", "PING");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("keyway call: Could not connect to 127.0.0.1:", error);
    }

    [Fact]
    public void A_server_that_says_nothing_is_given_up_in_bounded_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using RedisConnection connection = RedisConnection.Open(silent.LocalEndpoint, TimeSpan.FromMilliseconds(50));
        Assert.Throws<IOException>(() => connection.Call("PING"));
    }

    private static string RedisCli(int port, string[] arguments)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.Latin1 };
        foreach (string argument in new[] { "-p", $"{port}" }.Concat(arguments)) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
