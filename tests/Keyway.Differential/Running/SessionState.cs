using Keyway.Differential.Commands;

namespace Keyway.Differential.Running;

/// <summary>How what comes on a connection is to be understood.</summary>
internal sealed class SessionState
{
    /// <summary>Its last request waits; another one would only stand behind it.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>It hears what others ask.</summary>
    public bool IsMonitor { get; set; }

    /// <summary>What EXEC will answer.</summary>
    public List<Call> Queued { get; } = [];

    public void Clear()
    {
        IsBlocked = false;
        IsMonitor = false;
        Queued.Clear();
    }
}
