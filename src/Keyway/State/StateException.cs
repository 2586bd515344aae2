namespace Keyway.State;

/// <summary>The data folder cannot be used: it is locked, damaged or not writable. The message says what to do.</summary>
public sealed class StateException(string message, Exception? cause = null) : Exception(message, cause);
