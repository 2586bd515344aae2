namespace Keyway.Sentinel.Sessions;

/// <summary>Names of channels, by their bytes. There are few, and who may subscribe may do worse than find collisions.</summary>
internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>
{
    public static readonly ByteArrayComparer Instance = new();

    public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

    public int GetHashCode(byte[] name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
