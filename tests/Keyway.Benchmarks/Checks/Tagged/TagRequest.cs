namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>A request and the only reply, but for an error, that it may get.</summary>
internal readonly record struct TagRequest(byte[] Bytes, byte[] Reply);
