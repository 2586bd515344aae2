namespace Keyway.Platform.Tls;

/// <summary>What all TLS connections of a loop share.</summary>
internal sealed class TlsShared(EventLoop loop)
{
    // Four records: more at once would only hold up the loop.
    private const int BufferBytes = 64 * 1024;

    /// <summary>Plain bytes that have just been decrypted, while their handler looks at them.</summary>
    public byte[] Received { get; } = new byte[BufferBytes];

    /// <summary>Plain bytes about to be encrypted; the handler that sends them may still be looking at the former.</summary>
    public byte[] Sending { get; } = new byte[BufferBytes];

    public HandshakeTurns Handshakes { get; } = new(loop);
}
