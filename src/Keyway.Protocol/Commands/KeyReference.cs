namespace Keyway.Protocol.Commands;

/// <summary>One key of a request: which argument it is, and what the command does with it.</summary>
public readonly record struct KeyReference(int Index, KeyAccess Access);
