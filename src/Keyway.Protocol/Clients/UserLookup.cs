namespace Keyway.Protocol.Clients;

/// <summary>Whether there is a user of that name.</summary>
public delegate bool UserLookup(ReadOnlySpan<byte> name);
