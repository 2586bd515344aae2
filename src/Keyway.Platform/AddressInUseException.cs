namespace Keyway.Platform;

/// <summary>The endpoint is taken; <see cref="Exception.Message"/> says by whom where the system tells.</summary>
public sealed class AddressInUseException(string message, Exception? inner = null) : IOException(message, inner);
