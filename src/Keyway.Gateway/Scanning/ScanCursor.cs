using System.Buffers.Text;

namespace Keyway.Gateway.Scanning;

/// <summary>
/// How far a client is in its walk through all keys, in one number that it hands back: nothing is kept here between its requests, and any gateway with
/// the same map can go on where another one stopped.
/// </summary>
/// <remarks>
/// From the lowest bit: 10 bits the target (which master), 10 bits a mark of the process that answered there and of how the pool was divided, 43 bits that
/// process's own cursor. A server's cursor has as many bits as its table has, and in a cluster 14 more.
/// </remarks>
internal readonly record struct ScanCursor(int Target, int Mark, ulong Position)
{
    public const int Targets = 1 << TargetBits;
    public const int Marks = 1 << MarkBits;
    public const ulong PositionLimit = 1UL << PositionBits;

    private const int TargetBits = 10;
    private const int MarkBits = 10;
    private const int PositionBits = 43;

    /// <summary>The beginning and the end. No cursor between has a mark of zero.</summary>
    public static readonly ScanCursor Zero;

    public ulong Value => (uint)Target | ((ulong)(uint)Mark << TargetBits) | (Position << (TargetBits + MarkBits));

    public static ScanCursor Of(ulong value) => new(
        (int)(value & (Targets - 1)),
        (int)(value >> TargetBits) & (Marks - 1),
        (value >> (TargetBits + MarkBits)) & (PositionLimit - 1));

    /// <summary>As Redis reads it: C's strtoul, up to the first zero byte, which takes signs and nothing at all, but here no space before it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ScanCursor cursor)
    {
        cursor = Zero;
        int zero = text.IndexOf((byte)0);
        if (zero >= 0) text = text[..zero];
        if (text.IsEmpty) return true;
        bool isNegative = text[0] == '-';
        if (isNegative || text[0] == '+') text = text[1..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0])) return false;
        if (!Utf8Parser.TryParse(text, out ulong value, out int length) || length != text.Length) return false;
        cursor = Of(isNegative ? unchecked(0 - value) : value);
        return true;
    }

    public int Format(Span<byte> target)
    {
        _ = Utf8Formatter.TryFormat(Value, target, out int length);
        return length;
    }
}
