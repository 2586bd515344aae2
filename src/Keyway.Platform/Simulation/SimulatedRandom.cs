namespace Keyway.Platform.Simulation;

/// <summary>SplitMix64: our own, so that a seed means the same on every version of the framework.</summary>
internal sealed class SimulatedRandom(ulong seed)
{
    private ulong state = seed;

    public int Next(int below)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = state;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (int)(mixed % (ulong)below);
    }
}
