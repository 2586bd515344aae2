using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>Clients as people use them find the master through sentinels of ours, and follow a failover.</summary>
public sealed class ClientTests
{
    private const string ModulesOfNode = "node_modules";

    private static readonly string Clients = Path.GetFullPath(Path.Combine(FolderOfThisFile(), "..", "..", "Clients"));

    [Fact]
    public void Ioredis_and_node_redis_follow_the_master() =>
        Follow("node", "sentinels.mjs", () => Directory.Exists(Path.Combine(Clients, ModulesOfNode, "ioredis")) && Runs("node", "--version"));

    [Fact]
    public void Redis_py_follows_the_master() => Follow(Python, "sentinels.py", () => Runs(Python, "-c", "import redis.sentinel"));

    // The one that Debian's packages are for.
    private static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static void Follow(string program, string script, Func<bool> isThere)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        bool isMissing = !isThere();
        if (isMissing && Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_CLIENTS") == "1") Assert.Fail($"what {script} needs is not installed: see .ci/run");
        Assert.SkipWhen(isMissing, $"what {script} needs is not installed: see .ci/run");

        using RedisServer master = RedisServer.Start();
        using var replica = new OwnShard("--replicaof", "127.0.0.1", $"{master.Port}");
        using var watch = new Watch(master.Port, ownCount: 3, realCount: 0);
        watch.UntilAllKnow(replicas: 1);

        var start = new ProcessStartInfo(program, [script, "m1", $"{master.Port}", .. watch.Ports.Select(port => $"{port}")])
        {
            WorkingDirectory = Clients, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? first = process.StandardOutput.ReadLine();
        if (first == "ready") master.Kill();
        string rest = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(60_000)) process.Kill();
        Assert.True(process.ExitCode == 0 && first == "ready", $"{first}\n{rest}\n{errors.Result}\n{watch.Describe()}");
        watch.AssertNoBugs();
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string FolderOfThisFile([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
