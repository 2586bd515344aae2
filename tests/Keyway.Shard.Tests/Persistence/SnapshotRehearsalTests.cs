using Keyway.Shard.Persistence;

namespace Keyway.Shard.Tests.Persistence;

public sealed class SnapshotRehearsalTests
{
    [Fact]
    public void It_plays_to_its_end() => SnapshotRehearsal.Play();
}
