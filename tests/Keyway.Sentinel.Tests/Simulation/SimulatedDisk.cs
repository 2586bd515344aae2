using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>Where one sentinel saves itself. A save can fail, in which case nobody knows what is there afterwards.</summary>
internal sealed class SimulatedDisk(SimulatedWorld world, SavedSentinel saved)
{
    public SavedSentinel Saved { get; private set; } = saved;

    public bool Fails { get; set; }

    /// <summary>The process ends at the next save: before, or just after it is done.</summary>
    public bool CrashesAtSave { get; set; }

    public bool Save(SavedSentinel state)
    {
        if (CrashesAtSave)
        {
            CrashesAtSave = false;
            if (world.OneIn(2)) Saved = state;
            throw new SimulatedCrash();
        }
        if (!Fails)
        {
            Saved = state;
            return true;
        }
        if (world.OneIn(2)) Saved = state;
        return false;
    }
}
