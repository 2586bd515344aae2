namespace Keyway.Testing.RealServers;

/// <summary>
/// A real redis-server, the judge of what Redis does. A test that needs one says so and is skipped where there is none:
/// <code>
/// Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
/// using var redis = RedisServer.Start("--appendonly", "yes");
/// using var client = redis.Connect();
/// Assert.Equal("OK", client.Call("SET", "k", "v").Text);
/// </code>
/// With KEYWAY_REQUIRE_REDIS=1 (as in CI) a missing server fails instead.
/// </summary>
public sealed class RedisServer : ExternalServer
{
    private const string Program = "redis-server";

    private static readonly Lazy<string?> unavailable = new(() => WhyUnavailable(Program));

    private RedisServer()
    {
    }

    /// <summary>Null when a server can be started; otherwise the reason to skip.</summary>
    public static string? Unavailable => unavailable.Value;

    /// <summary>An optional configuration file, then options. Nothing is saved unless the arguments (redis-server's own style, "--save", "60 1") say otherwise.</summary>
    public static RedisServer Start(params string[] extraArguments)
    {
        var server = new RedisServer();
        try
        {
            server.StartProcess(Program, port => Arguments(port, server.Directory, extraArguments), server.Answers);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public RespClient Connect() => RespClient.Connect(Port);

    // A configuration file must come first, and what it says of saving holds.
    private static IEnumerable<string> Arguments(int port, string directory, string[] extra)
    {
        if (extra.Length > 0 && !extra[0].StartsWith("--", StringComparison.Ordinal)) return [extra[0], "--port", $"{port}", "--dir", directory, .. extra[1..]];
        return
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no",
            "--repl-diskless-sync-delay", "0", .. extra,
        ];
    }

    // Any answer will do: with a password it is -NOAUTH, as a replica -LOADING or -MASTERDOWN until it has synchronized.
    private bool Answers()
    {
        using RespClient client = Connect();
        RespValue answer = client.Call("PING");
        return !answer.Text.StartsWith("LOADING", StringComparison.Ordinal);
    }
}
