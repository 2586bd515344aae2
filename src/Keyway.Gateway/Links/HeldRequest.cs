namespace Keyway.Gateway.Links;

/// <summary>One request that provably did not run, kept to be sent again.</summary>
/// <param name="Request">As it stood on its link.</param>
/// <param name="Code">Why it did not run; None for one that never left.</param>
/// <param name="Bytes">The request.</param>
/// <param name="Reply">The server's words, line end included; empty for one that never left.</param>
internal sealed record HeldRequest(InFlight Request, RefusalCode Code, byte[] Bytes, byte[] Reply);
