using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>A shard with a journal in a process of its own, which can be killed, or dies by itself at one of its calls to the system.</summary>
internal sealed class KilledShard : ExternalServer
{
    private static readonly Lazy<string?> NoInjection = new(() => WhyUnavailable("strace"));

    /// <param name="folder">Where its files are.</param>
    /// <param name="policy">appendfsync.</param>
    /// <param name="injection">As strace takes it ("fdatasync:error=EIO:when=20"); empty: none.</param>
    public KilledShard(string folder, string policy, string injection = "")
    {
        string[] command =
        [
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Keyway.Differential.dll"), ShardProgram.Verb, "--dir", folder, "--save", "", "--appendonly", "yes",
            "--appendfsync", policy, "--auto-aof-rewrite-min-size", "20000", "--bind", "127.0.0.1",
        ];
        if (injection.Length > 0) command = ["strace", "-f", "-o", "/dev/null", "-e", $"trace={injection.Split(':')[0]}", "-e", $"inject={injection}", .. command];
        StartProcess(command[0], port => [.. command[1..], "--port", $"{port}"], Answers);
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
