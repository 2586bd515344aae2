namespace Keyway.Platform.Tls;

/// <summary>Certificates, keys or other settings that cannot be used; the message says which and why.</summary>
public sealed class TlsConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
