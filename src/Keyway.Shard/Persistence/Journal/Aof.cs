using System.Diagnostics;
using Keyway.Platform.Disks;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// The journal of a server: effects go into its last file as they happen, and from time to time all is written anew (see <see cref="AofRewrite"/>). Here
/// is what turns it on and off, what others ask about it, and what its settings mean.
/// </summary>
internal sealed class Aof
{
    private readonly ShardServer _server;
    private readonly EffectWriter _effects;
    private JournalFolder? _folder;

    public Aof(ShardServer server)
    {
        _server = server;
        Writer = new JournalWriter(server.Loop, () => Worker, server.Logger, OnProgress);
        _effects = new EffectWriter(server, Writer);
        Rewrite = new AofRewrite(server, this);
    }

    public AofState State { get; private set; }

    /// <summary>Does what clients wait for: nothing else may be in its way.</summary>
    public DiskWorker Worker => field ??= _server.NewDiskWorker("journal");

    public bool IsOn => State != AofState.Off;

    /// <summary>What brings the effects to the disk.</summary>
    public JournalWriter Writer { get; }

    public AofRewrite Rewrite { get; }

    /// <summary>Why writes are refused just now, in the system's words; null while they are not.</summary>
    public string? Failure => Writer.Failure;

    /// <summary>The files, as the manifest on the disk names them.</summary>
    public Manifest Manifest { get; set; } = Manifest.Empty;

    /// <summary>Bytes of all files but the last.</summary>
    public long OtherBytes { get; set; }

    public long Size => OtherBytes + (IsOn ? Writer.FileLength : 0);

    /// <summary>What <see cref="Size"/> was when the journal had been written anew.</summary>
    public long BaseSize { get; set; }

    public JournalFolder Folder => _folder ??= new JournalFolder(
        _server.Disk, _server.Settings.Folder, _server.Settings.AppendFolderName, _server.Settings.AppendFileName);

    /// <summary>Settings have changed.</summary>
    public void Apply()
    {
        Settings settings = _server.Settings;
        Writer.Policy = settings.AppendSync;
        _effects.WritesTimes = settings.WritesJournalTimes;
        if (!IsOn) _folder = null;      // "dir" may have changed; files that are open stay where they are
        SuppressSync();
    }

    /// <summary>A loader for the journal that is on the disk; null when there is none.</summary>
    /// <exception cref="JournalException">It cannot be loaded.</exception>
    public JournalLoader? FindJournal()
    {
        try
        {
            ReadManifest();
            return Manifest.HoldsNothing ? null : new JournalLoader(_server, Folder, Manifest, Worker);
        }
        catch (DiskException error)
        {
            throw new JournalException($"Fatal error: can't open the AOF manifest file for reading: {error.Message}");
        }
        catch (ManifestException error)
        {
            string place = error.Line == 0 ? "" : $"Reading the manifest file, at line {error.Line}\n>>> '{LogText.Of(error.Text)}'\n";
            throw new JournalException($"\n*** FATAL AOF MANIFEST FILE ERROR ***\n{place}{error.Message}");
        }
    }

    /// <summary>Goes on with the journal that has been loaded, or begins one. The server does not serve yet.</summary>
    /// <exception cref="JournalException">The disk refuses.</exception>
    public void Open(JournalLoader? loaded)
    {
        try
        {
            if (Manifest.HoldsNothing) CreateBase();
            JournalFile file = OpenIncrement(out DiskFile opened);

            // A server that was killed may not have come to it.
            Folder.Disk.SyncFolder(Folder.Path);
            OtherBytes = loaded?.LengthWithout(file) ?? Folder.LengthOf(Manifest.Base!.Name);
            Begin(opened, AofState.On);
            BaseSize = loaded?.BaseLength ?? 0;
            Rewrite.RemoveHistory();
        }
        catch (DiskException error)
        {
            throw new JournalException($"Can't open the append-only file: {error.Message}");
        }
    }

    /// <summary>Puts what the journal says in place of what is here, as a restart would. Nobody is served meanwhile.</summary>
    public bool TryReload(out string reason)
    {
        reason = Writer.Finish() ? "" : Writer.Failure ?? "";
        if (reason.Length > 0) return false;

        JournalLoader? loader = null;
        _server.Effects.Journal = null;
        _server.Effects.Replicas = null;      // they have it all already
        try
        {
            if (!IsOn) ReadManifest();
            for (int i = 0; i < _server.Databases.Count; i++) _server.Databases[i].Clear(inSlices: false);
            loader = new JournalLoader(_server, Folder, Manifest, Worker);
            loader.Finish();
            JournalLog.LoadedByDebug(_server.Logger);
            return true;
        }
        catch (Exception error) when (error is DiskException or ManifestException or JournalException)
        {
            reason = error.Message;
            return false;
        }
        finally
        {
            loader?.Close();
            if (IsOn) _server.Effects.Journal = _effects;
            _server.HeedEffects();
            _server.Propagation.Dirty = 0;
        }
    }

    /// <summary>CONFIG SET appendonly yes: what is here becomes the journal's base, and is durable when that is whole.</summary>
    /// <returns>False when the disk refuses at once.</returns>
    public bool TryTurnOn()
    {
        Debug.Assert(!IsOn);
        try
        {
            // Of an earlier time: its files are replaced, and their numbers are not used again.
            if (Folder.HasManifest) Manifest = Folder.Read();
            Folder.Create();
        }
        catch (Exception error) when (error is DiskException or ManifestException)
        {
            JournalLog.NotEnabled(_server.Logger, error.Message);
            return false;
        }

        State = AofState.Starting;
        Rewrite.Ask();
        if (_server.IsSnapshotBusy) JournalLog.EnabledLater(_server.Logger);
        Rewrite.Tick();
        return true;
    }

    /// <summary>CONFIG SET appendonly no: what has been written is brought to the disk, and nothing more is.</summary>
    public void TurnOff()
    {
        if (!IsOn) return;
        Rewrite.Abandon("the AOF is turned off");
        Writer.Finish();
        End();
    }

    /// <summary>From now on effects go into this file.</summary>
    public void Begin(DiskFile file, AofState state)
    {
        Writer.Open(file);
        _effects.BeginFile();
        if (file.Length == 0) _effects.NotePosition();
        _server.Effects.Journal = _effects;
        _server.Gate.Writer = Writer;
        State = state;
    }

    /// <summary>Effects go into another file from now on; see <see cref="JournalWriter.SwitchTo"/>.</summary>
    public void SwitchTo(DiskFile next, Action publish)
    {
        _effects.BeginFile();
        Writer.SwitchTo(next, publish);
        _effects.NotePosition();
    }

    /// <summary>The first base is whole: the journal counts.</summary>
    public void Count() => State = AofState.On;

    /// <summary>Effects go nowhere until another attempt is made: what was written has no base.</summary>
    public void Suspend()
    {
        End();
        State = AofState.Starting;
    }

    public void Tick()
    {
        SuppressSync();
        Rewrite.Tick();
    }

    /// <summary>The server is about to end: brings all that was written to the disk, beside the loop. True when it is there, or cannot be.</summary>
    public bool TryFinish()
    {
        if (!IsOn || Writer.IsFinished()) return true;
        Writer.FinishSoon();
        return false;
    }

    /// <summary>The server ends: all that was written is brought to the disk first.</summary>
    public void Stop()
    {
        if (!IsOn) return;
        Rewrite.Abandon("the server stops");
        JournalLog.LastSync(_server.Logger);
        Writer.Finish();
        _server.Gate.Release(Writer.Synced);
        Writer.Close();
        State = AofState.Off;
    }

    private void End()
    {
        _server.Effects.Journal = null;
        State = AofState.Off;
        Writer.Close();
        _server.Gate.Writer = null;
        _server.Gate.Release(long.MaxValue);
    }

    private void OnProgress()
    {
        if (Writer.Failure != null)
        {
            _server.Gate.Fail();
            return;
        }

        _server.Gate.Release(Writer.SyncsAlways ? Writer.Synced : long.MaxValue);
        if (Writer.IsInDoubt) Rewrite.Schedule();
    }

    private void SuppressSync()
    {
        Writer.IsSyncSuppressed = _server.Settings.SparesDiskDuringRewrite && _server.Snapshots.IsRunning;
        if (!Writer.SyncsAlways) _server.Gate.Release(long.MaxValue);
    }

    private void ReadManifest()
    {
        if (Folder.HasManifest)
        {
            Manifest = Folder.Read();
            bool isHalfAdopted = Manifest is { Base: { } only, Increments.IsEmpty: true, History.IsEmpty: true } && only.Name == Folder.FileName
                && Folder.HasSingleFile && !Folder.Disk.Exists(Folder.PathOf(only.Name));
            if (!isHalfAdopted) return;
        }
        else if (!Folder.HasSingleFile)
        {
            Manifest = Manifest.Empty;
            return;
        }

        Manifest = Folder.Adopt();
        JournalLog.Adopted(_server.Logger, Folder.FileName, _server.Settings.AppendFolderName);
    }

    // What is here, which is nothing: a journal has a base, so that it can be seen to be whole.
    private void CreateBase()
    {
        Folder.Create();
        JournalFile first = Manifest.NextBase(Folder.FileName, _server.Settings.WritesBaseAsRdb);
        JournalLog.CreatingBase(_server.Logger, first.Name);
        using (DiskFile file = Folder.Disk.Create(Folder.PathOf(first.Name)))
        {
            if (_server.Settings.WritesBaseAsRdb) Snapshots.WriteAtOnce(_server, new FileSink(file), new SnapshotOptions { Purpose = SnapshotPurpose.Journal });
            file.Sync();
        }

        Manifest = Manifest with { Base = first };
    }

    private JournalFile OpenIncrement(out DiskFile opened)
    {
        if (!Manifest.Increments.IsEmpty)
        {
            JournalFile last = Manifest.Increments[^1];
            opened = Folder.Disk.OpenForAppend(Folder.PathOf(last.Name));
            JournalLog.OpeningIncrement(_server.Logger, last.Name);
            return last;
        }

        JournalFile next = Manifest.NextIncrement(Folder.FileName);
        opened = Folder.CreateFile(next.Name);
        JournalLog.CreatingIncrement(_server.Logger, next.Name);
        Manifest = Manifest.WithIncrement(next);
        Folder.Write(Manifest);
        return next;
    }

    private sealed class FileSink(DiskFile file) : Rdb.IRdbSink
    {
        public void Write(ReadOnlySpan<byte> bytes) => file.Append(bytes);
    }
}
