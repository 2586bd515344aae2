using System.ComponentModel;
using System.Diagnostics;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.Hosting;

/// <summary>Clients as people use them, against the executable: what they send at connect must be answered as they expect.</summary>
public sealed class NodeClientTests : IDisposable
{
    private static readonly string Clients = Path.Combine(SourceTree.Root, "tests", "Clients");

    private const string Python = "/usr/bin/python3";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ioredis_and_node_redis_connect_and_work() => Run("connect.mjs");

    [Fact]
    public void Ioredis_and_node_redis_take_it_for_a_cluster() => Run("cluster.mjs");

    [Fact]
    public void Redis_py_takes_it_for_a_cluster()
    {
        bool isThere = File.Exists(Python) && Execute(Python, "-c", "import redis.cluster").ExitCode == 0;
        if (!isThere && Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_CLIENTS") == "1") Assert.Fail("python3-redis is not installed");
        Assert.SkipWhen(!isThere, "python3-redis is not installed");
        Run(Python, "cluster.py");
    }

    private void Run(string script)
    {
        string? missing = Missing();
        if (missing is not null && Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_CLIENTS") == "1") Assert.Fail(missing);
        Assert.SkipWhen(missing is not null, missing ?? "");

        Run("node", script);
    }

    private void Run(string program, string script)
    {
        var map = new TestMap();
        _folder.Write("keyway.yaml", map.Yaml());
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
        (int exit, string output) = Execute(program, script, $"{map.Port}");
        Assert.True(exit == 0, $"{output}\n{keyway.Describe()}");
    }

    private static string? Missing()
    {
        if (!Directory.Exists(Path.Combine(Clients, "node_modules", "ioredis")))
            return "the clients are not installed: npm install --no-package-lock in tests/Clients";
        try
        {
            return Execute("node", "--version").ExitCode == 0 ? null : "node does not run";
        }
        catch (Win32Exception)
        {
            return "node is not installed";
        }
    }

    private static (int ExitCode, string Output) Execute(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Clients, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(60_000)) process.Kill();
        return (process.ExitCode, output.Result + error.Result);
    }
}
