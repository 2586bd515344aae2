using System.Diagnostics;
using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Replication;

/// <summary>A server in a chain of replication, ours or a real one, spoken to alike.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    private const string DebugCommand = "--enable-debug-command";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IDisposable _server;
    private readonly string? _folder;

    private ServerUnderTest(IDisposable server, int port, string? folder)
    {
        _server = server;
        _folder = folder;
        Port = port;
        Client = RespClient.Connect(port);
    }

    public int Port { get; }

    public RespClient Client { get; private set; }

    public string Digest => Call("DEBUG DIGEST");

    /// <summary>What a real server has said of itself, for the message of a failing test.</summary>
    public string Output => (_server as RedisServer)?.Output ?? "";

    public static ServerUnderTest Real(params string[] options)
    {
        RedisServer server = RedisServer.Start([DebugCommand, "yes", .. options]);
        return new ServerUnderTest(server, server.Port, folder: null);
    }

    public static ServerUnderTest Ours(params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("keyway-test-").FullName;
        var server = new LiveShard([DebugCommand, "yes", "--dir", folder, "--save", "", "--repl-diskless-sync-delay", "0", .. options]);
        return new ServerUnderTest(server, server.Port, folder);
    }

    public static ServerUnderTest Start(bool isReal, params string[] options) => isReal ? Real(options) : Ours(options);

    public string Call(string request) => Client.Call(request.Split(' ')).Text;

    public void Follow(ServerUnderTest master) => Call($"REPLICAOF 127.0.0.1 {master.Port}");

    /// <summary>One field of INFO; empty where there is none.</summary>
    public string Info(string section, string field)
    {
        string text = Call($"INFO {section}");
        int start = text.IndexOf($"\n{field}:", StringComparison.Ordinal);
        return start < 0 ? "" : text[(start + field.Length + 2)..text.IndexOf('\r', start)];
    }

    /// <summary>Waits until this replica is connected, and has all that its master has.</summary>
    public void WaitUntilLevelWith(ServerUnderTest master) =>
        Wait(
            () => Info("replication", "master_link_status") == "up"
                && Info("replication", "master_replid") == master.Info("replication", "master_replid")
                && Info("replication", "master_repl_offset") == master.Info("replication", "master_repl_offset") && Digest == master.Digest,
            () => $"not level: {Info("replication", "master_link_status")} {Info("replication", "master_repl_offset")} of {master.Info("replication", "master_repl_offset")}, "
                + $"{Digest} for {master.Digest}");

    public static void Wait(Func<bool> condition, Func<string> reason)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit) Assert.Fail(reason());
            Thread.Sleep(10);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        if (_folder != null) Directory.Delete(_folder, recursive: true);
    }
}
