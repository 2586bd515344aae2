namespace Keyway.Hosting.Local;

/// <summary>What is to be done about a server now.</summary>
internal readonly record struct LocalAction(LocalActionKind Kind, int Port);
