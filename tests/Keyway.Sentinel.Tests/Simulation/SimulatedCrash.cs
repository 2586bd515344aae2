namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>The process ends in the middle of what it does.</summary>
internal sealed class SimulatedCrash : Exception;
