using Keyway.Shard.Configuration;

namespace Keyway.Shard.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Thresholds_of_encodings_have_the_defaults_of_redis()
    {
        var settings = new Settings(ShardOptions.Default);

        Assert.Equal((512, 64), (settings.HashMaxListpackEntries, settings.HashMaxListpackValue));
        Assert.Equal((128, 64), (settings.ZSetMaxListpackEntries, settings.ZSetMaxListpackValue));
        Assert.Equal((-2, 0), (settings.ListMaxListpackSize, settings.ListCompressDepth));
        Assert.Equal((4096, 100), (settings.StreamNodeMaxBytes, settings.StreamNodeMaxEntries));
        Assert.Equal((512, 3000), (settings.SetMaxIntsetEntries, settings.HllSparseMaxBytes));
    }

    [Fact]
    public void Thresholds_go_by_their_older_names_too()
    {
        var settings = new Settings(ShardOptions.FromLines(["hash-max-ziplist-entries 3", "list-max-ziplist-size 7", "zset-max-ziplist-value 1kb"]));

        Assert.Equal((3, 7, 1024), (settings.HashMaxListpackEntries, settings.ListMaxListpackSize, settings.ZSetMaxListpackValue));
    }
}
