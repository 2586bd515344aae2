namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>A request and the only reply, but for an error, that it may get.</summary>
/// <param name="Reply">Empty when none may come.</param>
/// <param name="Or">Another one that may come instead; null for none.</param>
internal readonly record struct TagRequest(byte[] Bytes, byte[] Reply, byte[]? Or = null);
