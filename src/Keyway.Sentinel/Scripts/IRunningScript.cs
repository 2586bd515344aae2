namespace Keyway.Sentinel.Scripts;

internal interface IRunningScript
{
    int ProcessId { get; }

    /// <summary>It has had its time.</summary>
    void Kill();
}
