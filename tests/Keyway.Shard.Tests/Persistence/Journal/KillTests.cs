using System.Globalization;
using System.Net.Sockets;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>Real processes, killed while they write to real files. KEYWAY_KILL_ROUNDS makes it longer.</summary>
public sealed class KillTests
{
    private const int MostInFlight = 12;

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("KEYWAY_KILL_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void A_killed_server_comes_back_with_all_that_it_has_acknowledged()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            var random = new Random(round);
            using var folder = new TemporaryFolder();
            int written = 0;
            for (int life = 0; life < 3; life++)
            {
                using var shard = new KilledShard(folder.Path, "always");
                int acknowledged = Write(shard, random, ref written, replies: random.Next(20, 600));
                shard.Kill();
                Check(folder, acknowledged, written);
                written = acknowledged = Count(folder);
            }
        }
    }

    [Theory]
    [InlineData("pwrite64:signal=KILL:when=30")]
    [InlineData("fdatasync:signal=KILL:when=25")]
    [InlineData("fdatasync:error=EIO:when=20..24")]
    [InlineData("pwrite64:error=ENOSPC:when=30+7")]
    public void Calls_that_fail_or_are_the_last_lose_nothing_that_was_acknowledged(string injection)
    {
        Assert.SkipWhen(KilledShard.InjectionUnavailable is not null, KilledShard.InjectionUnavailable ?? "");
        using var folder = new TemporaryFolder();
        int written = 0;
        int acknowledged;
        using (var shard = new KilledShard(folder.Path, "always", injection))
        {
            acknowledged = Write(shard, new Random(1), ref written, replies: 400);

            // strace does not take what it traces with it.
            Shutdown(shard);
        }

        Check(folder, acknowledged, written);
    }

    /// <summary>Appends numbers, until so many replies have come or the server is no more. Returns up to which all were acknowledged.</summary>
    private static int Write(KilledShard shard, Random random, ref int written, int replies)
    {
        int acknowledged = written;
        try
        {
            using RespClient client = shard.Connect();
            while (replies > 0)
            {
                int count = random.Next(1, MostInFlight);
                for (int i = 0; i < count; i++) client.Send("RPUSH", "log", $"{++written}");
                for (int i = 0; i < count && replies > 0; i++, replies--)
                {
                    // A write that was refused before it was executed leaves a gap, and is asked for again.
                    if (client.ReadRawText()[0] == ':') acknowledged = written - count + i + 1;
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // That is what was asked for.
        }

        return acknowledged;
    }

    private static void Check(TemporaryFolder folder, int acknowledged, int written)
    {
        using var shard = new KilledShard(folder.Path, "always");
        using RespClient client = shard.Connect();
        string last = client.Call("LINDEX", "log", "-1").Text;
        Assert.InRange(int.Parse(last, CultureInfo.InvariantCulture), acknowledged, written);
        shard.Kill();
    }

    private static int Count(TemporaryFolder folder)
    {
        using var shard = new KilledShard(folder.Path, "always");
        using RespClient client = shard.Connect();
        int last = int.Parse(client.Call("LINDEX", "log", "-1").Text, CultureInfo.InvariantCulture);
        Assert.Equal($"{last}", client.Call("LLEN", "log").Text);
        shard.Kill();
        return last;
    }

    private static void Shutdown(KilledShard shard)
    {
        try
        {
            using RespClient client = shard.Connect();
            client.Send("SHUTDOWN", "NOSAVE");
            client.ReadRaw();
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // It is.
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("keyway-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
