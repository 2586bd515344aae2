namespace Keyway.Sentinel.Core;

/// <summary>What an instance is to us, whatever it says of itself.</summary>
internal enum InstanceKind
{
    Master,
    Replica,
    Sentinel,
}
