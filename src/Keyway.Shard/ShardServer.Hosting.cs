using Keyway.Shard.Persistence;

namespace Keyway.Shard;

/// <summary>What a program needs that has a server within it.</summary>
public sealed partial class ShardServer
{
    /// <summary>Called on the loop's thread when what <see cref="Load"/> has begun is done. Not called where there was nothing to load.</summary>
    public Action? WhenLoaded { get; set; }

    /// <summary>Its data is on its way; clients are told to wait.</summary>
    public bool IsLoading => Loading.IsOn;

    /// <summary>It serves nobody any more, and waits for its disk.</summary>
    internal bool IsEnding { get; private set; }

    /// <summary>As <see cref="SaveAndStop"/>, while the loop goes on with what else it has: nothing that waits for the disk is done on its thread.</summary>
    /// <param name="done">Called on the loop's thread when the server has stopped.</param>
    public void StopBesideOthers(Action done)
    {
        IsEnding = true;
        Following.Stop();
        Expiry.Stop();
        Evictor.Stop();
        _listeners.Dispose();
        new QuietEnd(this, done).Begin();
    }

    /// <summary>As <see cref="Stop"/>, and before it saves where save points say that this server saves at its end. What was half loaded is not saved.</summary>
    public void SaveAndStop()
    {
        if (!IsStopped && !Loading.IsOn && Settings.SavePoints.Length > 0) Saves.TrySave();
        Stop();
    }
}
