using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

public sealed class LoadPaceTests
{
    private readonly SimulatedNetwork _network = new(seed: 1);

    [Fact]
    public void Pieces_get_smaller_while_they_take_long_and_larger_again()
    {
        LoadPace pace = Begin();
        int before = pace.PieceBytes;
        Assert.False(Pass(pace, microseconds: 5_000));
        Assert.Equal(before / 2, pace.PieceBytes);

        for (int i = 0; i < 20; i++) Pass(pace, microseconds: 5_000);
        Assert.Equal(1024, pace.PieceBytes);
        for (int i = 0; i < 20; i++) Pass(pace, microseconds: 10);
        Assert.Equal(before, pace.PieceBytes);
    }

    [Fact]
    public void A_turn_ends_by_time_or_by_the_number_of_pieces()
    {
        LoadPace pace = Begin();
        Assert.True(Pass(pace, microseconds: 900));
        Assert.True(Pass(pace, microseconds: 900));
        Assert.False(Pass(pace, microseconds: 900));

        pace.BeginSlice();
        for (int i = 1; i < 32; i++) Assert.True(Pass(pace, microseconds: 0));
        Assert.False(Pass(pace, microseconds: 0));
    }

    private LoadPace Begin()
    {
        var pace = new LoadPace(_network.Time, new Settings(ShardOptions.FromCommandLine([])));
        pace.BeginSlice();
        return pace;
    }

    private bool Pass(LoadPace pace, int microseconds)
    {
        _network.Time.Advance(TimeSpan.FromMicroseconds(microseconds));
        return pace.EndPiece(keys: 0);
    }
}
