using System.Diagnostics;
using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>Loads the journal at the start, between the loop's other work: clients are told to come again later, and hear that. Then the journal goes on.</summary>
internal sealed class JournalLoad(ShardServer server)
{
    private const int SliceMicroseconds = 2_000;

    private readonly long _started = Stopwatch.GetTimestamp();
    private JournalLoader? _loader;

    public void Begin()
    {
        try
        {
            _loader = server.Aof.FindJournal();
            if (_loader == null)
            {
                server.Aof.Open(null);
                return;
            }

            server.Loading.Begin(_loader.TotalBytes);
            _loader.OnReady = TakeSlice;
            server.Loop.Post(TakeSlice);
        }
        catch (JournalException damaged)
        {
            Fail(damaged);
        }
    }

    private void TakeSlice()
    {
        if (_loader == null || server.IsStopped) return;
        try
        {
            server.BeginBatch();
            bool hasTime = _loader.Step(server.Loop.Time.GetTimestamp() + (server.Loop.Time.TimestampFrequency * SliceMicroseconds / 1_000_000));
            server.Loading.Note(_loader.LoadedBytes);
            if (_loader.IsComplete) End(_loader);
            else if (hasTime && _loader.DelayMs > 0) server.Loop.Schedule(_loader.DelayMs, TakeSlice);
            else if (hasTime) server.Loop.Post(TakeSlice);
        }
        catch (JournalException damaged)
        {
            Fail(damaged);
        }
    }

    private void End(JournalLoader loader)
    {
        loader.Sync();
        _loader = null;
        loader.Close();
        JournalLog.Loaded(server.Logger, JournalLoader.SecondsSince(_started));
        if (loader.Base != null) server.Loading.NoteKeys(loader.Base);
        if (loader.Position is { } position) server.TakeUpPosition(position);
        server.Aof.Open(loader);
        server.EndLoading();
    }

    private void Fail(JournalException damaged)
    {
        _loader?.Close();
        _loader = null;
        JournalLog.NotLoaded(server.Logger, damaged.Message);
        server.FailToLoad();
    }
}
