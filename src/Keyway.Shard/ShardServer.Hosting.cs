namespace Keyway.Shard;

/// <summary>What a program needs that has a server within it.</summary>
public sealed partial class ShardServer
{
    /// <summary>Called on the loop's thread when what <see cref="Load"/> has begun is done. Not called where there was nothing to load.</summary>
    public Action? WhenLoaded { get; set; }

    /// <summary>Its data is on its way; clients are told to wait.</summary>
    public bool IsLoading => Loading.IsOn;

    /// <summary>As <see cref="Stop"/>, and before it saves where save points say that this server saves at its end. What was half loaded is not saved.</summary>
    public void SaveAndStop()
    {
        if (!IsStopped && !Loading.IsOn && Settings.SavePoints.Length > 0) Saves.TrySave();
        Stop();
    }
}
