namespace Keyway.Sentinel.Core;

internal sealed record SavedPeer(string Id, ServerAddress Address);
