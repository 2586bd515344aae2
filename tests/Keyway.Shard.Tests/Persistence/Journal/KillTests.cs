using System.Globalization;
using System.Net.Sockets;
using Keyway.Testing.Crashes;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>Real processes, killed while they write to real files. `Keyway.Benchmarks -- crash` does so for longer.</summary>
public sealed class KillTests
{
    private static readonly string[] Program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Keyway.Differential.dll"), ShardProgram.Verb];

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("KEYWAY_KILL_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void A_killed_server_comes_back_with_all_that_it_has_acknowledged()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            var random = new Random(round);
            using var folder = new TemporaryFolder();
            var load = new AppendLoad(round);
            for (int life = 0; life < 3; life++)
            {
                using var shard = new KilledShard(Program, folder.Path, "always");
                if (life > 0) Assert.Null(load.Check(shard.Port, Environment.TickCount64, forgivenMs: 0));
                load.Write(shard.Port, random.Next(20, 600));
                shard.Kill();
            }

            Check(folder, load);
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
        var load = new AppendLoad(seed: 1);
        using (var shard = new KilledShard(Program, folder.Path, "always", injection))
        {
            load.Write(shard.Port, replies: 400);
            Shutdown(shard);
        }

        Check(folder, load);
    }

    private static void Check(TemporaryFolder folder, AppendLoad load)
    {
        using var shard = new KilledShard(Program, folder.Path, "always");
        Assert.True(load.Acknowledged > 0);
        Assert.Null(load.Check(shard.Port, Environment.TickCount64, forgivenMs: 0));
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
