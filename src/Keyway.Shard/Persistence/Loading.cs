using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>How far the data has come from a disk or a master. While it is on its way most commands are refused, since half of the data is no data.</summary>
internal sealed class Loading(ShardServer server)
{
    private long _startedMs;

    /// <summary>The databases that clients see are being filled.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Others are being filled, to take their place.</summary>
    public bool IsAsync { get; private set; }

    public long StartedSeconds { get; private set; }

    /// <summary>Of all that is to be loaded; 0 where nobody knows.</summary>
    public long TotalBytes { get; private set; }

    public long LoadedBytes { get; private set; }

    /// <summary>What the writer of the file had in use.</summary>
    public long UsedMemory { get; private set; }

    /// <summary>Of the last file.</summary>
    public long KeysLoaded { get; private set; }

    public long KeysExpired { get; private set; }

    public double Seconds => (server.Loop.NowMs - _startedMs) / 1000.0;

    public double Percent => TotalBytes == 0 ? 0 : LoadedBytes * 100.0 / TotalBytes;

    /// <summary>As Redis reckons it.</summary>
    public long SecondsLeft
    {
        get
        {
            long elapsed = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds() - StartedSeconds;
            long left = TotalBytes == 0 ? 1 : TotalBytes - LoadedBytes;
            return elapsed <= 0 ? 1 : (long)((Int128)elapsed * left / (LoadedBytes + 1));
        }
    }

    public void Begin(long totalBytes, bool isAsync = false)
    {
        IsOn = !isAsync;
        IsAsync = isAsync;
        TotalBytes = totalBytes;
        LoadedBytes = 0;
        UsedMemory = 0;
        StartedSeconds = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds();
        _startedMs = server.Loop.NowMs;
        server.HeedEvents();
        server.HeedEffects();
    }

    /// <summary>So much has been loaded.</summary>
    public void Note(long loadedBytes) => LoadedBytes = loadedBytes;

    /// <summary>A file says how large the data was where it comes from.</summary>
    public void NoteMemory(long usedMemory) => UsedMemory = usedMemory;

    /// <summary>Counts of a file that has been read.</summary>
    public void NoteKeys(RdbLoader loader)
    {
        KeysLoaded = loader.KeysLoaded;
        KeysExpired = loader.KeysExpired;
    }

    public void End()
    {
        IsOn = IsAsync = false;
        server.HeedEvents();
        server.HeedEffects();
    }
}
