namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>Something happened that must never happen. The seed repeats it.</summary>
public sealed class SimulationFailure(string message) : Exception(message);
