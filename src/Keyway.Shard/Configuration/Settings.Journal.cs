using Keyway.Protocol.Configuration;
using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Configuration;

/// <summary>What is set about the journal.</summary>
internal sealed partial class Settings
{
    /// <summary>Whether there is to be a journal (appendonly).</summary>
    public bool KeepsJournal { get; private set; }

    public SyncPolicy AppendSync { get; private set; }

    /// <summary>What the names of a journal's files begin with.</summary>
    public string AppendFileName => ByteText.ToText(_values["appendfilename"]);

    /// <summary>The journal's folder in the server's own.</summary>
    public string AppendFolderName => ByteText.ToText(_values["appenddirname"]);

    /// <summary>The journal is not synced while a snapshot is being written (no-appendfsync-on-rewrite).</summary>
    public bool SparesDiskDuringRewrite { get; private set; }

    /// <summary>By how much a journal must have grown to be written anew; 0: it never is by itself.</summary>
    public int AutoRewritePercentage { get; private set; }

    public long AutoRewriteMinimumSize { get; private set; }

    /// <summary>What a crash has left of the last write is cut off (aof-load-truncated).</summary>
    public bool LoadsTruncatedJournal { get; private set; }

    /// <summary>A journal's base is an RDB file rather than commands (aof-use-rdb-preamble).</summary>
    public bool WritesBaseAsRdb { get; private set; }

    /// <summary>The journal says what time it was (aof-timestamp-enabled).</summary>
    public bool WritesJournalTimes { get; private set; }

    /// <summary>Files of the journal that are of no more use stay (aof-disable-auto-gc).</summary>
    public bool KeepsJournalHistory { get; private set; }

    /// <summary>For tests: how long saving a key takes; see <see cref="Rdb.KeyDelay"/>.</summary>
    public long KeySaveDelay { get; private set; }

    /// <summary>For tests: how long loading a key takes.</summary>
    public long KeyLoadDelay { get; private set; }

    /// <summary>A new base is synced while it is written, and not only at its end (aof-rewrite-incremental-fsync).</summary>
    public bool SyncsRewritesOften { get; private set; }

    private void RefreshJournal()
    {
        KeepsJournal = IsYes("appendonly");
        AppendSync = _values["appendfsync"] switch { "always" => SyncPolicy.Always, "no" => SyncPolicy.Never, _ => SyncPolicy.EverySecond };
        SparesDiskDuringRewrite = IsYes("no-appendfsync-on-rewrite");
        AutoRewritePercentage = (int)Number("auto-aof-rewrite-percentage");
        AutoRewriteMinimumSize = Number("auto-aof-rewrite-min-size");
        LoadsTruncatedJournal = IsYes("aof-load-truncated");
        WritesBaseAsRdb = IsYes("aof-use-rdb-preamble");
        WritesJournalTimes = IsYes("aof-timestamp-enabled");
        KeepsJournalHistory = IsYes("aof-disable-auto-gc");
        KeySaveDelay = Number("rdb-key-save-delay");
        KeyLoadDelay = Number("key-load-delay");
        SyncsRewritesOften = IsYes("aof-rewrite-incremental-fsync");
    }
}
