namespace Keyway.Gateway.Scanning;

/// <summary>A hash that is the same in every process, to fit something long into the few bits of a cursor (FNV-1a).</summary>
internal static class Stamp
{
    public const uint Start = 2166136261;

    public static uint Add(uint stamp, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) stamp = unchecked((stamp ^ value) * 16777619);
        return stamp;
    }

    public static uint Add(uint stamp, string text)
    {
        foreach (char value in text) stamp = unchecked((stamp ^ value) * 16777619);

        // An end, so that "a", "bc" and "ab", "c" differ.
        return unchecked((stamp ^ '\n') * 16777619);
    }

    public static uint Add(uint stamp, int number) => unchecked((stamp ^ (uint)number) * 16777619);
}
