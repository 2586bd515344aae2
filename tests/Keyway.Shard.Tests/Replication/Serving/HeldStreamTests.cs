using System.Text.RegularExpressions;
using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Keyway.Shard.Replication.Serving;
using Keyway.Shard.Tests.Persistence.Journal;
using Keyway.Shard.Tests.Replication.Following;

namespace Keyway.Shard.Tests.Replication.Serving;

/// <summary>With appendfsync always nobody has what the server itself can still lose: neither its replicas, nor a master that counts on it.</summary>
public sealed partial class HeldStreamTests
{
    [Fact]
    public void Replicas_hear_of_a_write_when_it_is_on_the_disk()
    {
        using JournaledShard shard = Start(delayMs: 20);
        SimulatedPeer client = shard.Connect();
        SimulatedPeer replica = Follow(shard);

        JournaledShard.Send(client, "SET", "a", "1");
        shard.Network.RunUntilIdle();
        Assert.Equal("", replica.TakeText() + client.TakeText());
        shard.PassMs(10);
        JournaledShard.Send(client, "SET", "b", "1");
        shard.PassMs(15);

        Assert.Equal("a", Heard(replica.TakeText()));       // the other one's sync has only begun
        Assert.Equal("+OK\r\n", client.TakeText());
        shard.PassMs(20);
        Assert.Equal("b", Heard(replica.TakeText()));
        Assert.Equal("+OK\r\n", client.TakeText());
    }

    [Fact]
    public void Who_comes_while_something_waits_hears_of_it_no_sooner()
    {
        using JournaledShard shard = Start(delayMs: 20);
        SimulatedPeer client = shard.Connect();
        Follow(shard);
        SimulatedPeer late = Introduce(shard);
        JournaledShard.Send(client, "SET", "a", "1");
        shard.Network.RunUntilIdle();

        JournaledShard.Send(late, "PSYNC", shard.Server.History.Id, "1");
        shard.PassMs(10);
        Assert.Equal("", late.TakeText());
        shard.PassMs(60);
        Assert.Equal("a", Heard(late.TakeText()));
    }

    [Fact]
    public void Where_nothing_is_promised_nobody_waits()
    {
        using JournaledShard shard = Start(delayMs: 20);
        SimulatedPeer client = shard.Connect();
        SimulatedPeer replica = Follow(shard);
        shard.Call(client, "CONFIG", "SET", "appendfsync", "everysec");

        JournaledShard.Send(client, "SET", "a", "1");
        shard.Network.RunUntilIdle();
        Assert.Equal("a", Heard(replica.TakeText()));
    }

    [Fact]
    public void When_the_disk_fails_replicas_are_told_since_memory_is_what_counts_then()
    {
        using JournaledShard shard = Start(delayMs: 5);
        SimulatedPeer client = shard.Connect();
        SimulatedPeer replica = Follow(shard);
        shard.Disk.Fault = static (call, path) => call == "sync" ? new DiskException(call, path, "Input/output error") : null;

        Assert.StartsWith("-MISCONF", shard.Call(client, "SET", "a", "1"), StringComparison.Ordinal);
        Assert.Equal("a", Heard(replica.TakeText()));
        shard.Disk.Fault = null;
        shard.PassMs(2000);
        Assert.Equal("+OK\r\n", shard.Call(client, "SET", "b", "1"));
        Assert.Equal("b", Heard(replica.TakeText()));
    }

    [Fact]
    public void A_master_that_has_lost_its_power_still_has_all_that_its_replicas_heard()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            using JournaledShard shard = Start(delayMs: 1 + random.Next(20), seed);
            SimulatedPeer client = shard.Connect();
            SimulatedPeer replica = Follow(shard);
            string heard = "";
            for (int step = random.Next(5, 60), item = 0; step > 0; step--)
            {
                for (int i = random.Next(4); i >= 0; i--) JournaledShard.Send(client, "SET", $"k{++item}", "1");
                if (random.Next(15) == 0) JournaledShard.Send(client, "BGREWRITEAOF");
                if (random.Next(3) == 0) shard.Network.RunUntilIdle();
                else shard.PassMs(random.Next(12));
                client.TakeText();
                heard += replica.TakeText();
            }

            shard.CrashAndRestart();
            foreach (string key in Heard(heard).Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.True(shard.Ask("EXISTS", key) == ":1\r\n", $"seed {seed}: {key} is lost");
        }
    }

    [Fact]
    public void A_replica_says_that_it_has_what_is_on_its_disk()
    {
        using var master = new PlayedMaster("--dir", "/data", "--appendfsync", "always");
        master.Call("CONFIG SET appendonly yes");
        master.Wait(1);
        master.Continue();
        master.Link.TakeText();

        master.SendCommand("SET k v");
        master.SendCommand("REPLCONF GETACK *");
        Assert.Equal("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$1\r\n0\r\n", master.Link.TakeText());
        master.Wait(0.01);
        Assert.Equal("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$2\r\n64\r\n", master.Link.TakeText());
    }

    [Fact]
    public void A_replica_does_nothing_that_its_disk_refuses_until_it_takes_it()
    {
        using var master = new PlayedMaster("--dir", "/data", "--appendfsync", "always");
        master.Call("CONFIG SET appendonly yes");
        master.Wait(1);
        master.Continue();
        master.Shard.Disk.Fault = static (call, path) => call is "sync" or "write to" ? new DiskException(call, path, "Input/output error") : null;
        master.SendCommand("SET a 1");
        master.Wait(0.1);
        master.SendCommand("SET b 1");
        master.Wait(3);
        Assert.Equal("$-1\r\n", master.Call("GET b"));
        Assert.Equal("down", master.Info("replication", "master_link_status"));
        Assert.Equal(1, master.Links);
        Assert.Contains(master.Shard.Log.Lines, line => line.StartsWith("Replica was unable to write command to disk.", StringComparison.Ordinal));

        master.Shard.Disk.Fault = null;
        master.Wait(2);
        Assert.Equal($"{PlayedMaster.Id} 28", master.Greet());
    }

    [Fact]
    public void A_replica_that_is_told_to_ignores_its_disk()
    {
        using var master = new PlayedMaster("--dir", "/data", "--appendfsync", "always", "--replica-ignore-disk-write-errors", "yes");
        master.Call("CONFIG SET appendonly yes");
        master.Wait(1);
        master.Continue();
        master.Shard.Disk.Fault = static (call, path) => call is "sync" or "write to" ? new DiskException(call, path, "Input/output error") : null;
        master.SendCommand("SET a 1");
        master.Wait(0.1);
        master.SendCommand("SET b 1");
        Assert.Equal("$1\r\n1\r\n", master.Call("GET b"));
        Assert.Equal("up", master.Info("replication", "master_link_status"));
        Assert.Contains("Replica is applying a command it is unable to write to disk.", master.Shard.Log.Lines);
        master.Shard.Disk.Fault = null;
    }

    [Fact]
    public void Two_marks_are_enough_and_the_first_is_never_put_off()
    {
        var held = new HeldStream();
        held.ReleaseAll(100);
        held.Hold(150, journal: 10);
        held.Hold(160, journal: 12);
        held.Hold(170, journal: 14);

        Assert.False(held.Release(9));
        Assert.True(held.Release(10));
        Assert.Equal(150, held.Released);
        Assert.False(held.Release(12));
        Assert.True(held.Release(14));
        Assert.Equal(170, held.Released);
        Assert.True(held.IsEmpty);
    }

    private static JournaledShard Start(int delayMs, int seed = 1) =>
        new(new SimulatedDisk((ulong)seed), ["--appendfsync", "always", "--repl-diskless-sync-delay", "100000", "--repl-ping-replica-period", "3600"], () => delayMs);

    /// <summary>A replica that has nothing of the history yet. The first makes the master begin one, by asking for everything on a connection of its own.</summary>
    private static SimulatedPeer Follow(JournaledShard shard)
    {
        if (shard.Server.History.Log == null) Ask(shard, "?", "-1");
        SimulatedPeer peer = Ask(shard, shard.Server.History.Id, "1");
        Assert.StartsWith("+CONTINUE", peer.TakeText(), StringComparison.Ordinal);
        return peer;
    }

    private static SimulatedPeer Ask(JournaledShard shard, string id, string nextByte)
    {
        SimulatedPeer peer = Introduce(shard);
        JournaledShard.Send(peer, "PSYNC", id, nextByte);
        shard.Network.RunUntilIdle();
        return peer;
    }

    private static SimulatedPeer Introduce(JournaledShard shard)
    {
        SimulatedPeer peer = shard.Connect();
        Assert.Equal("+OK\r\n", shard.Call(peer, "REPLCONF", "capa", "eof", "capa", "psync2"));
        return peer;
    }

    // The keys of the SETs in it.
    private static string Heard(string stream) => string.Join(' ', SetCommands().Matches(stream).Select(match => match.Groups[1].Value));

    [GeneratedRegex(@"\$3\r\nSET\r\n\$\d+\r\n(\w+)\r\n")]
    private static partial Regex SetCommands();
}
