using System.Text;
using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Persistence;

/// <summary>
/// The one point that replies pass on their way out: while a journal promises that no acknowledged write is ever lost, they wait here for the disk. Those
/// to reads wait too, since they may tell of a write that is not safe yet; so do messages. It stands open in all other cases, and costs one look a send.
/// </summary>
internal sealed class ReplyGate
{
    private readonly List<ClientSession> _waiting = [];
    private readonly List<ClientSession> _visited = [];

    /// <summary>Who brings the journal to the disk; null while none is kept.</summary>
    public JournalWriter? Writer { get; set; }

    /// <summary>Whether replies may have to wait at all, and so are kept account of.</summary>
    public bool IsArmed => Writer is { SyncsAlways: true, Failure: null };

    /// <summary>What is sent now waits.</summary>
    public bool IsClosed => IsArmed && Writer!.Synced < Writer.Buffer.End;

    /// <summary>What a client is told whose write may be lost; null while the disk takes what it is given.</summary>
    public byte[]? Error =>
        Writer is { SyncsAlways: true, Failure: { } reason }
            ? Encoding.UTF8.GetBytes($"MISCONF Errors writing to the AOF file: {reason}. This write is in memory, but not on the disk yet")
            : null;

    /// <summary>How far effects have come: what is answered now is safe once the disk has come as far.</summary>
    public long Offset => Writer?.Buffer.End ?? 0;

    /// <summary>Hears of each offset of the journal before which all is safe, or need not be waited for.</summary>
    public Action<long>? Released { get; set; }

    public void Add(ClientSession client) => _waiting.Add(client);

    /// <summary>All that happened before this offset is safe.</summary>
    public void Release(long offset)
    {
        Released?.Invoke(offset);
        if (_waiting.Count == 0) return;
        Visit();
        foreach (ClientSession client in _visited) client.ReleaseReplies(offset);
        _visited.Clear();
    }

    /// <summary>The disk refuses what was written last. Whoever has written it learns so; the others go on.</summary>
    public void Fail()
    {
        Released?.Invoke(long.MaxValue);
        if (_waiting.Count == 0 || Error is not { } error) return;
        Visit();
        foreach (ClientSession client in _visited) client.FailReplies(error);
        _visited.Clear();
    }

    // Who has to wait on comes back while the others are visited.
    private void Visit()
    {
        _visited.AddRange(_waiting);
        _waiting.Clear();
    }
}
