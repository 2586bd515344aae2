using System.Net;

namespace Keyway.Differential.Servers;

/// <summary>A shard on a thread of this process: what tests use.</summary>
internal sealed class EmbeddedShard : Server
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyway-differential-");
    private readonly string[] _settings;
    private LiveShard _shard;

    public EmbeddedShard(params string[] settings)
        : base("keyway")
    {
        _settings = [.. Settings, "--dir", _directory.FullName, .. settings];
        _shard = new LiveShard(_settings);
    }

    public override EndPoint EndPoint => _shard.EndPoint;

    public override void Restart()
    {
        _shard.Dispose();
        _directory.Delete(recursive: true);
        _directory.Create();
        _shard = new LiveShard(_settings);
    }

    public override string LastWords() => _shard.Bug?.ToString() ?? "";

    public override void Dispose()
    {
        _shard.Dispose();
        _directory.Delete(recursive: true);
    }
}
