namespace Keyway.Gateway.Tests.Simulation;

/// <summary>An invariant does not hold; the message of the run adds the seed.</summary>
public sealed class SimulationFailure(string message, Exception? cause = null) : Exception(message, cause);
