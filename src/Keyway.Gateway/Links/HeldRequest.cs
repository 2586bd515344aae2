namespace Keyway.Gateway.Links;

/// <summary>One request that provably did not run, kept to be sent again.</summary>
/// <param name="Request">As it stood on its link.</param>
/// <param name="Code">Why it did not run; None for one that never left.</param>
/// <param name="Bytes">The request.</param>
/// <param name="Reply">The server's words, line end included; empty for one that never left.</param>
internal sealed record HeldRequest(InFlight Request, RefusalCode Code, byte[] Bytes, byte[] Reply)
{
    /// <summary>It keeps its place among the client's requests of the same number; among all of them when that is -1.</summary>
    public int Order { get; init; } = -1;

    /// <summary>A later request of its order has run.</summary>
    public bool IsOvertaken { get; set; }
}
