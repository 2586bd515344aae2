namespace Keyway.Shard.Tests.Simulation;

/// <summary>What must hold does not; the message names the seed.</summary>
public sealed class SimulationFailure(string message, Exception? cause = null) : Exception(message, cause);
