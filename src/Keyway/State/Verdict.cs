namespace Keyway.State;

/// <summary>Whether the next map may be served after the last one.</summary>
/// <param name="Reasons">Why not: each names what would be lost sight of, the map's line, and what to do. Empty when accepted.</param>
/// <param name="Notes">What changes all the same, and why that is safe.</param>
public sealed record Verdict(IReadOnlyList<string> Reasons, IReadOnlyList<string> Notes)
{
    public bool Accepted => Reasons.Count == 0;
}
