using System.Diagnostics;
using System.Security.Cryptography;

namespace Keyway.Shard.Replication;

/// <summary>
/// The history of writes that a server's data is the outcome of, and those of its bytes that are still here. One object in both roles: a master writes
/// the effects of its commands into it, a replica the very bytes of its master, and from either they go to who follows this server.
/// </summary>
internal sealed class ReplicationHistory
{
    /// <summary>No database: the next effect is preceded by SELECT, whichever it is for.</summary>
    public const int NoDatabase = -1;

    private ReplicationIdentity _identity = ReplicationIdentity.Fresh(NewId());
    private long _backlogBytes;

    /// <summary>Bytes written so far, of this history and of what it goes on from.</summary>
    public long Offset { get; private set; }

    public string Id => _identity.Id;

    public string FormerId => _identity.FormerId;

    public long FormerEnd => _identity.FormerEnd;

    /// <summary>With the offset of now.</summary>
    public ReplicationIdentity Identity => _identity with { Offset = Offset };

    /// <summary>What is kept of it; null while nobody needs it, and then nothing is counted either.</summary>
    public ReplicationLog? Log { get; private set; }

    /// <summary>What the kept bytes take in memory, but for those that are kept for slow replicas alone.</summary>
    public long BacklogMemory => Log == null ? 0 : Math.Min(Log.MemoryBytes, Math.Max(_backlogBytes, ReplicationLog.LargestSegment));

    /// <summary>The database of the last SELECT in it.</summary>
    public int SelectedDatabase { get; set; } = NoDatabase;

    /// <summary>How much is kept for those that may come back.</summary>
    public long BacklogBytes
    {
        get => _backlogBytes;
        set
        {
            if (_backlogBytes == value) return;
            _backlogBytes = value;
            if (Log != null) Log.BacklogBytes = value;
        }
    }

    /// <summary>Called whenever there are more bytes.</summary>
    public Action? Appended { get; set; }

    /// <summary>Called when it has become another one.</summary>
    public Action? Replaced { get; set; }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ReplicationIdentity.IdLength / 2));

    /// <summary>Whole commands, in the form in which everybody who follows gets them.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Offset += bytes.Length;
        Log?.Append(bytes);
        Appended?.Invoke();
    }

    /// <summary>From here on bytes are kept.</summary>
    public void KeepLog() => Log ??= new ReplicationLog(Offset, _backlogBytes);

    /// <summary>Nothing of it is kept any more. Nobody may be reading it.</summary>
    public void DropLog()
    {
        Debug.Assert(Log == null || Log.Readers == 0);
        Log = null;
    }

    /// <summary>The same bytes under another name: after a promotion, or when the master has got another one.</summary>
    public void Rename(ReplicationIdentity identity)
    {
        Debug.Assert(identity.Offset == Offset);
        _identity = identity;
    }

    /// <summary>Other data, and so another history; what was kept of the former one goes. Nobody may be reading it.</summary>
    public void Replace(ReplicationIdentity identity)
    {
        bool isKept = Log != null;
        DropLog();
        _identity = identity;
        Offset = identity.Offset;
        SelectedDatabase = NoDatabase;
        if (isKept) KeepLog();
        Replaced?.Invoke();
    }
}
