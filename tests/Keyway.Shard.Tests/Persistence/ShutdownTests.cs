using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Persistence;

public sealed class ShutdownTests : IDisposable
{
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly TestShard _shard;
    private readonly SimulatedPeer _peer;

    public ShutdownTests()
    {
        _shard = new TestShard(_disk, "--save", "1000 1000");
        _peer = _shard.Connect();
        _shard.Call(_peer, "SET k v");
    }

    [Theory]
    [InlineData("SHUTDOWN", true)]
    [InlineData("SHUTDOWN SAVE", true)]
    [InlineData("SHUTDOWN NOW", true)]
    [InlineData("SHUTDOWN NOSAVE", false)]
    [InlineData("SHUTDOWN NOSAVE NOW FORCE", false)]
    public void Saves_where_there_are_save_points_or_it_is_told_to(string request, bool saves)
    {
        Assert.Equal("", _shard.Call(_peer, request));
        Assert.Equal(1, _shard.ShutdownsAsked);
        Assert.Equal(saves, _disk.UsedBytes > 0);
    }

    [Theory]
    [InlineData("SHUTDOWN", false)]
    [InlineData("SHUTDOWN SAVE", true)]
    public void Without_save_points_it_saves_only_when_told_to(string request, bool saves)
    {
        _shard.Call(_peer, "CONFIG SET save ");
        _shard.Call(_peer, request);
        Assert.Equal(1, _shard.ShutdownsAsked);
        Assert.Equal(saves, _disk.UsedBytes > 0);
    }

    [Fact]
    public void Who_cannot_save_goes_on_unless_forced()
    {
        _disk.Fault = (call, path) => call == "sync" ? new DiskException(call, path, "Input/output error") : null;
        Assert.Equal("-ERR Errors trying to SHUTDOWN. Check logs.\r\n", _shard.Call(_peer, "SHUTDOWN"));
        Assert.Equal(0, _shard.ShutdownsAsked);
        Assert.Equal("$1\r\nv\r\n", _shard.Call(_peer, "GET k"));
        Assert.Equal("", _shard.Call(_peer, "SHUTDOWN FORCE"));
        Assert.Equal(1, _shard.ShutdownsAsked);
    }

    [Fact]
    public void Replicas_may_catch_up_for_a_while_in_which_nothing_is_written()
    {
        bool isBehind = true;
        _shard.Server.Shutdown.AreReplicasBehind = () => isBehind;
        SimulatedPeer other = _shard.Connect();
        Assert.Equal("", _shard.Call(_peer, "SHUTDOWN"));
        Assert.Equal("", _shard.Call(other, "SET k w"));
        _shard.Network.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _shard.ShutdownsAsked);
        isBehind = false;
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _shard.ShutdownsAsked);
    }

    [Fact]
    public void The_wait_has_an_end_and_can_be_aborted()
    {
        _shard.Server.Shutdown.AreReplicasBehind = () => true;
        SimulatedPeer other = _shard.Connect();
        SimulatedPeer third = _shard.Connect();
        Assert.Equal("-ERR No shutdown in progress.\r\n", _shard.Call(other, "SHUTDOWN ABORT"));
        Assert.Equal("", _shard.Call(_peer, "SHUTDOWN"));
        Assert.Equal("", _shard.Call(third, "SET k w"));
        Assert.Equal("+OK\r\n", _shard.Call(other, "SHUTDOWN ABORT"));
        _shard.Network.RunUntilIdle();
        Assert.Equal("-ERR Errors trying to SHUTDOWN. Check logs.\r\n", _peer.TakeText());
        Assert.Equal("+OK\r\n", third.TakeText());
        Assert.Equal("$1\r\nw\r\n", _shard.Call(_peer, "GET k"));

        _shard.Call(_peer, "CONFIG SET shutdown-timeout 3");
        Assert.Equal("", _shard.Call(_peer, "SHUTDOWN NOSAVE"));
        _shard.Network.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, _shard.ShutdownsAsked);
    }

    [Fact]
    public void Now_waits_for_nobody()
    {
        _shard.Server.Shutdown.AreReplicasBehind = () => true;
        _shard.Call(_peer, "SHUTDOWN NOW");
        Assert.Equal(1, _shard.ShutdownsAsked);
    }

    [Fact]
    public void A_client_that_leaves_meanwhile_is_forgotten()
    {
        _shard.Server.Shutdown.AreReplicasBehind = () => true;
        _shard.Call(_peer, "SHUTDOWN");
        _peer.Close();
        _shard.Network.RunUntilIdle();
        Assert.Equal("+OK\r\n", _shard.Call(_shard.Connect(), "SHUTDOWN ABORT"));
    }

    [Fact]
    public void A_save_in_the_background_gives_way()
    {
        _shard.Send(_peer, TestShard.Encode("BGSAVE") + TestShard.Encode("SET k last") + TestShard.Encode("SHUTDOWN"));
        Assert.Equal(1, _shard.ShutdownsAsked);
        using var again = new TestShard(_disk, "--save", "");
        again.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("$4\r\nlast\r\n", again.Call(again.Connect(), "GET k"));
    }

    [Theory]
    [InlineData("default", true)]
    [InlineData("nosave now", false)]
    public void Signals_do_what_their_settings_say(string actions, bool saves)
    {
        _shard.Send(_peer, System.Text.Encoding.ASCII.GetString(Keyway.Testing.RealServers.RespClient.Encode("CONFIG", "SET", "shutdown-on-sigterm", actions)));
        _shard.Server.OnSignal("SIGTERM");
        _shard.Network.RunUntilIdle();
        Assert.Equal(1, _shard.ShutdownsAsked);
        Assert.Equal(saves, _disk.UsedBytes > 0);
    }

    public void Dispose() => _shard.Dispose();
}
