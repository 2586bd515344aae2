using Keyway.Shard.Effects;
using Keyway.Shard.Persistence;
using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard;

/// <summary>What the journal is to the server.</summary>
public sealed partial class ShardServer
{
    /// <summary>Who hears of the effects of writes: the journal and the replicas.</summary>
    internal EffectFanout Effects => field ??= new EffectFanout(Propagation);

    /// <summary>What replies pass before they leave.</summary>
    internal ReplyGate Gate { get; } = new();

    /// <summary>The journal.</summary>
    internal Aof Aof => field ??= new Aof(this);

    partial void LoadJournal(ref bool isHandled)
    {
        if (!Settings.KeepsJournal) return;
        isHandled = true;
        new JournalLoad(this).Begin();
    }

    partial void AddJournalError(ref ReadOnlySpan<byte> error)
    {
        if (Aof.Failure is { } reason) error = System.Text.Encoding.UTF8.GetBytes($"MISCONF Errors writing to the AOF file: {reason}");
    }

    partial void NoteSnapshotEnd()
    {
        if (!IsStopped) Loop.Post(Aof.Rewrite.Tick);
    }

    /// <summary>CONFIG SET appendonly. Null when that is done, or under way.</summary>
    private string? TurnJournal(bool on)
    {
        if (on == Aof.IsOn) return null;
        if (on) return Aof.TryTurnOn() ? null : "Unable to turn on AOF. Check server logs.";
        Aof.TurnOff();
        return null;
    }
}
