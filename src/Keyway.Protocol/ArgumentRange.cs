namespace Keyway.Protocol;

/// <summary>Where an argument's content stands, relative to its request's first byte.</summary>
public readonly record struct ArgumentRange(int Start, int Length)
{
    /// <summary>The first byte behind the content: its CRLF.</summary>
    public int End => Start + Length;
}
