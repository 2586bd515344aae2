using System.Text;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Tests.Persistence;

public sealed class SavedKeysTests : IDisposable
{
    private const string Journal = "appendonlydir/appendonly.aof";

    // redis-ver 7.0.15, redis-bits 64 (a number), the end and its checksum.
    private const string Empty = "REDIS0010\xfa\x09redis-ver\x06" + "7.0.15\xfa\x0aredis-bits\xc0\x40\xff\0\0\0\0\0\0\0\0";
    private const string Full = "REDIS0010\xfa\x09redis-ver\x06" + "7.0.15\xfe\0\xfb\x01\0\0\x01k\x01v\xff\0\0\0\0\0\0\0\0";

    private readonly string _folder = Directory.CreateTempSubdirectory("keyway-saved-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData(Empty, false)]
    [InlineData(Full, true)]
    [InlineData("REDIS00", true)]
    [InlineData("REDIS0010\xfa\x09redis-v", true)]
    [InlineData("something else altogether", true)]
    public void A_snapshot_is_empty_when_its_end_comes_before_any_key(string? content, bool mayHold)
    {
        if (content != null) Write("dump.rdb", content);
        Assert.Equal(mayHold, SavedKeys.MayBeIn(_folder, "dump.rdb"));
    }

    [Fact]
    public void A_journal_is_empty_when_its_base_is_and_nothing_was_written_since()
    {
        Assert.False(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.manifest", "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n");
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));   // its files are gone: who knows

        Write($"{Journal}.1.base.rdb", Empty);
        Write($"{Journal}.1.incr.aof", "");
        Assert.False(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.1.incr.aof", "*1\r\n$4\r\nPING\r\n");
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.1.incr.aof", "");
        Write($"{Journal}.1.base.rdb", Full);
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.manifest", "nonsense\n");
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));
    }

    [Fact]
    public void A_journal_of_one_file_counts_as_well()
    {
        Write("appendonly.aof", "");
        Assert.False(SavedKeys.MayBeIn(_folder, Journal));
        Write("appendonly.aof", "*1\r\n$4\r\nPING\r\n");
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));
    }

    [Fact]
    public void A_journal_says_how_far_it_has_come_when_nothing_stands_behind_that()
    {
        string id = new('a', 40);
        Write($"{Journal}.manifest", "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.2.incr.aof seq 2 type i\n");
        Write($"{Journal}.1.base.rdb", Empty);
        Write($"{Journal}.1.incr.aof", $"#AT:{id}:120:0\r\n");
        Write($"{Journal}.2.incr.aof", "");
        Assert.Equal(new SavedPosition(id, 120), SavedKeys.PositionIn(_folder, Journal));
        Assert.False(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.2.incr.aof", $"#AT:{id}:120:0\r\n*1\r\n$4\r\nPING\r\n#AT:{id}:134:3\r\n");
        Assert.Equal(new SavedPosition(id, 134), SavedKeys.PositionIn(_folder, Journal));
        Assert.True(SavedKeys.MayBeIn(_folder, Journal));

        Write($"{Journal}.2.incr.aof", $"#AT:{id}:120:0\r\n*1\r\n$4\r\nPING\r\n");
        Assert.Null(SavedKeys.PositionIn(_folder, Journal));
        File.Delete(Path.Combine(_folder, $"{Journal}.manifest"));
        Assert.Null(SavedKeys.PositionIn(_folder, Journal));
    }

    [Fact]
    public void A_snapshot_says_how_far_it_has_come_when_its_history_was_counted()
    {
        string id = new('b', 40);
        Write("dump.rdb", Full);
        Assert.Null(SavedKeys.PositionIn(_folder, "dump.rdb"));
        Write("dump.rdb", $"REDIS0010\xfa\x07repl-id\x28{id}\xfa\x0brepl-offset\xc1\x39\x05\xfe\0\xfb\x01\0\0\x01k\x01v\xff\0\0\0\0\0\0\0\0");
        Assert.Equal(new SavedPosition(id, 1337), SavedKeys.PositionIn(_folder, "dump.rdb"));
        Write("dump.rdb", "nonsense");
        Assert.Null(SavedKeys.PositionIn(_folder, "dump.rdb"));
    }

    private void Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
    }
}
