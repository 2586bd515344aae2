using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>Each kind of sentinel reads the file that the other one wrote, and writes the same into it.</summary>
public sealed class RewriteTests
{
    private static readonly string[] Lines =
    [
        "# my sentinel", "sentinel monitor m1 127.0.0.1 {master} 2", "", "", "sentinel down-after-milliseconds m1 5000", "# the other one",
        "sentinel monitor m2 127.0.0.1 1 1", "sentinel failover-timeout m2 1000", "sentinel parallel-syncs m2 3", "sentinel auth-pass m2 ab", "sentinel auth-user m2 me",
        "sentinel rename-command m2 CONFIG cfg", "sentinel announce-port 4711", "sentinel sentinel-pass secret", "sentinel sentinel-user you", "sentinel deny-scripts-reconfig no",
        "sentinel notification-script m2 /bin/true", "sentinel client-reconfig-script m2 /bin/true", "sentinel master-reboot-down-after-period m2 7",
        "sentinel current-epoch 5", "sentinel config-epoch m2 3", "sentinel leader-epoch m2 4", "sentinel known-replica m2 127.0.0.1 2",
        "sentinel known-sentinel m2 127.0.0.1 3 0123456789012345678901234567890123456789", "requirepass hello", "loglevel notice", "timeout 7",
    ];

    [Fact]
    public void Writes_the_lines_of_a_real_one()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer master = RedisServer.Start();
        using RedisServer replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{master.Port}");
        string[] lines = [.. Lines.Select(line => line.Replace("{master}", $"{master.Port}", StringComparison.Ordinal))];
        using var real = new RealSentinel(lines);
        using var own = new LiveSentinel(lines);
        foreach (RespClient client in (RespClient[])[real.Connect(), own.Connect()])
        {
            using RespClient connected = client;
            connected.Call("AUTH", "hello");
            Poll.Until(() => connected.Call("SENTINEL", "replicas", "m1").Count == 1, () => "the replica is not found");
            Assert.Equal("OK", connected.Call("SENTINEL", "set", "m1", "quorum", "3").Text);
            Assert.Equal("OK", connected.Call("SENTINEL", "set", "m2", "auth-user", "", "rename-command", "config", "config", "parallel-syncs", "1").Text);
            Assert.Equal("OK", connected.Call("SENTINEL", "monitor", "m3", "127.0.0.1", "5", "1").Text);
            Assert.Equal("OK", connected.Call("SENTINEL", "config", "set", "announce-ip", "127.0.0.2").Text);
        }

        Assert.Equal(Comparable(real.File), Comparable(own.File));

        // And back again: each starts from what the other has written.
        string[] written = File.ReadAllLines(own.File);
        using var again = new RealSentinel([.. written.Where(line => !line.StartsWith("port ", StringComparison.Ordinal))]);
        using RespClient asked = again.Connect();
        asked.Call("AUTH", "hello");
        Assert.Equal(["m1", "m2", "m3"], asked.Call("ROLE")[1].Texts.Order(StringComparer.Ordinal));
        using var ownAgain = new LiveSentinel([.. File.ReadAllLines(real.File).Where(line => !line.StartsWith("port ", StringComparison.Ordinal))]);
        using RespClient askedOwn = ownAgain.Connect();
        askedOwn.Call("AUTH", "hello");
        Assert.Equal(["m1", "m2", "m3"], askedOwn.Call("ROLE")[1].Texts.Order(StringComparer.Ordinal));
        Assert.Equal(asked.Call("SENTINEL", "config", "get", "*").ToString(), askedOwn.Call("SENTINEL", "config", "get", "*").ToString());
    }

    [Fact]
    public void Keeps_what_would_not_be_read_back_as_one_word_in_quotes()
    {
        const string Password = "a b\"'\\#\n sentinel";
        string[] written;
        using (var own = new LiveSentinel("sentinel monitor m1 127.0.0.1 1 1"))
        {
            using RespClient client = own.Connect();
            Assert.Equal("OK", client.Call("SENTINEL", "set", "m1", "auth-pass", Password, "auth-user", "ü").Text);
            Assert.Equal("OK", client.Call("SENTINEL", "monitor", "a name", "127.0.0.1", "1", "1").Text);
            written = File.ReadAllLines(own.File, System.Text.Encoding.Latin1);
        }

        using var again = new LiveSentinel([.. written.Where(line => !line.StartsWith("port ", StringComparison.Ordinal) && !line.StartsWith("dir ", StringComparison.Ordinal))]);
        using RespClient asked = again.Connect();
        Assert.Equal(["m1", "a name"], asked.Call("ROLE")[1].Texts);
        Assert.Equal(written.Where(line => line.Contains(" auth-", StringComparison.Ordinal)), File.ReadAllLines(again.File).Where(line => line.Contains(" auth-", StringComparison.Ordinal)));
    }

    // Each has its own port, folder and id; where a line goes that is new is nobody's business. Of a new master ours takes the present epoch as voted in,
    // since it may be one that was removed and comes back.
    private static string Comparable(string file) => string.Join('\n', File.ReadAllLines(file)
        .Where(line => line.Length > 0 && !line.StartsWith("port ", StringComparison.Ordinal) && !line.StartsWith("dir ", StringComparison.Ordinal)
            && !line.StartsWith("sentinel myid", StringComparison.Ordinal) && !(line.StartsWith("sentinel known-sentinel m1", StringComparison.Ordinal))
            && !line.StartsWith("sentinel leader-epoch m3", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal));
}
