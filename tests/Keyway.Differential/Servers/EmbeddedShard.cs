using System.Net;

namespace Keyway.Differential.Servers;

/// <summary>A shard on a thread of this process: what tests use.</summary>
internal sealed class EmbeddedShard(params string[] settings) : Server("keyway")
{
    private LiveShard _shard = new([.. Settings, .. settings]);

    public override EndPoint EndPoint => _shard.EndPoint;

    public override void Restart()
    {
        _shard.Dispose();
        _shard = new LiveShard([.. Settings, .. settings]);
    }

    public override string LastWords() => _shard.Bug?.ToString() ?? "";

    public override void Dispose() => _shard.Dispose();
}
