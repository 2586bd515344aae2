namespace Keyway.Verbs;

/// <summary>The command line is wrong; the message says how, and the process ends with 2.</summary>
public sealed class UsageException(string message) : Exception(message);
