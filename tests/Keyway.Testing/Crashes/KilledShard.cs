using Keyway.Testing.RealServers;

namespace Keyway.Testing.Crashes;

/// <summary>A shard with a journal in a process of its own, which can be killed, or dies by itself at one of its calls to the system.</summary>
public sealed class KilledShard : ExternalServer
{
    private static readonly Lazy<string?> NoInjection = new(() => WhyUnavailable("strace"));

    /// <param name="program">The shard's program, and what stands before its options.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="policy">appendfsync.</param>
    /// <param name="injection">As strace takes it ("fdatasync:error=EIO:when=20"); empty: none.</param>
    /// <param name="more">Further options.</param>
    /// <exception cref="InvalidOperationException">It does not come so far as to serve.</exception>
    public KilledShard(IReadOnlyList<string> program, string folder, string policy, string injection = "", params string[] more)
    {
        string[] command =
        [
            .. program, "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", policy, "--auto-aof-rewrite-min-size", "20000", "--bind", "127.0.0.1", .. more,
        ];

        // -D: the process that we kill is the shard, and strace ends with it.
        if (injection.Length > 0) command = ["strace", "-D", "-f", "-o", "/dev/null", "-e", $"trace={injection.Split(':')[0]}", "-e", $"inject={injection}", .. command];
        try
        {
            StartProcess(command[0], port => [.. command[1..], "--port", $"{port}"], Answers);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Null where calls can be made to fail; otherwise the reason to skip.</summary>
    public static string? InjectionUnavailable => NoInjection.Value;

    public RespClient Connect() => RespClient.Connect(Port);

    private bool Answers()
    {
        using RespClient client = Connect();
        return !client.Call("DBSIZE").Text.StartsWith("LOADING", StringComparison.Ordinal);
    }
}
