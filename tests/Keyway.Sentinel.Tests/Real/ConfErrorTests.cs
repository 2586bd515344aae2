using System.Diagnostics;
using System.Net;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Protocol.Configuration;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>A wrong sentinel.conf stops the start with the words and the line of a real one.</summary>
public sealed class ConfErrorTests
{
    private const string Id = "0123456789012345678901234567890123456789";

    public static TheoryData<string> Wrong =>
    [
        "sentinel monitor m 127.0.0.1 6379 0", "sentinel monitor m 127.0.0.1 6379", "sentinel monitor m nosuchhost.invalid 6379 1", "sentinel monitor m 127.0.0.1 99999 1",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel monitor m 127.0.0.1 6380 1", "sentinel down-after-milliseconds m 100", "sentinel failover-timeout m 100",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel down-after-milliseconds m 0", "sentinel monitor m 127.0.0.1 6379 1|sentinel failover-timeout m -1",
        "sentinel down-after-milliseconds m 0|sentinel monitor m 127.0.0.1 6379 1", "sentinel parallel-syncs m 1", "sentinel foo bar", "sentinel foo", "sentinel monitor",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel notification-script m /nosuchfile", "sentinel monitor m 127.0.0.1 6379 1|sentinel client-reconfig-script m /etc/passwd",
        "sentinel myid abc", "sentinel myid", "sentinel deny-scripts-reconfig maybe", "sentinel resolve-hostnames maybe", "sentinel announce-hostnames 1",
        "sentinel known-replica m 127.0.0.1 6380", "sentinel monitor m 127.0.0.1 6379 1|sentinel known-replica m 127.0.0.1 6380|sentinel known-slave m 127.0.0.1 6380",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel known-replica m nosuchhost.invalid 6380", "sentinel monitor m 127.0.0.1 6379 1|sentinel known-replica m 127.0.0.1 99999",
        $"sentinel monitor m 127.0.0.1 6379 1|sentinel known-sentinel m 127.0.0.1 1 {Id}|sentinel known-sentinel m 127.0.0.1 2 {Id}",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel known-sentinel m 127.0.0.1 99999 x", "sentinel config-epoch m 1", "sentinel leader-epoch m 1",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel rename-command m a b|sentinel rename-command m a c", "sentinel rename-command m a b", "sentinel auth-pass m x",
        "sentinel monitor m 127.0.0.1 6379 1|sentinel auth-pass m", "sentinel auth-user m x", "sentinel monitor m 127.0.0.1 6379 1|sentinel master-reboot-down-after-period m -1",
        "nosuchdirective 1", "port abc", "port 1 2", "loglevel loud", "sentinel monitor \"m 127.0.0.1 6379 1", "requirepass", "daemonize maybe",
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Stops_the_start_with_a_real_ones_words(string lines)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("keyway-conf-");
        try
        {
            string file = Path.Combine(folder.FullName, "sentinel.conf");
            File.WriteAllLines(file, ["# a comment", $"dir {folder.FullName}", .. lines.Split('|')]);
            Assert.Equal(RealWords(file), OwnWords(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string OwnWords(string file)
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        try
        {
            _ = new SentinelServer(loop, SentinelOptions.FromCommandLine([file]), RealDisk.Instance, NullLogger.Instance);
            return "it starts";
        }
        catch (ConfFileException wrong)
        {
            return wrong.Message.Trim();
        }
    }

    private static string RealWords(string file)
    {
        var start = new ProcessStartInfo("redis-server", [file, "--sentinel", "--port", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(20_000)) process.Kill();
        return error.Trim() + (output.Result.Contains("Sentinel ID is", StringComparison.Ordinal) ? "it starts" : "");
    }
}
