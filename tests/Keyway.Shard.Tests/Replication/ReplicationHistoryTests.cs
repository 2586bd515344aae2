using Keyway.Shard.Replication;

namespace Keyway.Shard.Tests.Replication;

public sealed class ReplicationHistoryTests
{
    private readonly ReplicationHistory _history = new() { BacklogBytes = 100_000 };

    [Fact]
    public void What_is_kept_begins_behind_what_was_counted_before()
    {
        _history.Append("abc"u8);
        Assert.Equal(3, _history.Offset);
        Assert.Null(_history.Log);

        _history.KeepLog();
        _history.Append("defg"u8);

        Assert.Equal(7, _history.Offset);
        Assert.Equal(4, _history.Log!.First);
        Assert.Equal("defg"u8.ToArray(), _history.Log.AddReader(4).Next.ToArray());
    }

    [Fact]
    public void Another_name_keeps_the_bytes_and_other_data_do_not()
    {
        _history.KeepLog();
        _history.Append(new byte[50]);
        string before = _history.Id;

        _history.Rename(_history.Identity.Promoted(ReplicationHistory.NewId()));
        Assert.Equal(before, _history.FormerId);
        Assert.Equal(51, _history.FormerEnd);
        Assert.True(_history.Log!.Holds(1));

        _history.SelectedDatabase = 3;
        _history.Replace(ReplicationIdentity.Copied(new string('a', 40), 7000));
        Assert.Equal(7000, _history.Offset);
        Assert.Equal(ReplicationHistory.NoDatabase, _history.SelectedDatabase);
        Assert.False(_history.Log!.Holds(51));
        Assert.True(_history.Log.Holds(7001));
    }

    [Fact]
    public void Effects_are_preceded_by_the_database_that_they_are_for_when_it_changes()
    {
        _history.KeepLog();
        var sink = new ReplicationSink(_history);
        sink.OnEffect(0, "*1\r\n$1\r\na\r\n"u8);
        sink.OnEffect(0, "*1\r\n$1\r\nb\r\n"u8);
        sink.OnEffect(12, "*1\r\n$1\r\nc\r\n"u8);

        Assert.Equal(
            "*2|$6|SELECT|$1|0|*1|$1|a|*1|$1|b|*2|$6|SELECT|$2|12|*1|$1|c|",
            System.Text.Encoding.ASCII.GetString(_history.Log!.AddReader(1).Next).Replace("\r\n", "|", StringComparison.Ordinal));
    }
}
