namespace Keyway.Platform.Tls;

/// <summary>Where all TLS connections of a loop put plain bytes, one at a time: those just decrypted, and those about to be encrypted while the handler still reads the former.</summary>
internal sealed class TlsBuffers
{
    /// <summary>Four records: more at once would only hold up the loop.</summary>
    public const int Size = 64 * 1024;

    public byte[] Received { get; } = new byte[Size];

    public byte[] Sending { get; } = new byte[Size];
}
