using Keyway.Platform;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Ends a server whose loop others use too: nobody is served any more, and what has to reach the disk does so on the disks' threads. When nothing is left
/// to wait for, all is closed.
/// </summary>
internal sealed class QuietEnd(ShardServer server, Action done)
{
    private const int LookMs = 2;
    private const string Reason = "the server stops";

    private LoopTimer? _timer;
    private bool _hasSaved;

    public void Begin()
    {
        server.Pause.Begin(PausePurpose.Shutdown, long.MaxValue, holdsAll: true, isInTransaction: false);
        _hasSaved = server.Loading.IsOn || server.Settings.SavePoints.Length == 0;
        _timer = server.Loop.Every(LookMs, Look);
    }

    private void Look()
    {
        if (!server.IsStopped && !IsAllOnDisk()) return;
        _timer!.Cancel();
        server.Stop();
        done();
    }

    private bool IsAllOnDisk()
    {
        // What was begun for other reasons nobody waits for; it takes its time to be wound up.
        if (server.Snapshots.IsRunning && !server.Saves.IsLast) server.Snapshots.Abandon(Reason);
        if (server.Snapshots.IsRunning || server.Saves.IsRunning) return false;
        if (!_hasSaved)
        {
            _hasSaved = true;
            server.Saves.StartLast();
            return false;
        }

        return server.Aof.TryFinish();
    }
}
