namespace Keyway.Protocol.Configuration;

/// <summary>Sizes in bytes as redis.conf writes them: 100, 1k (1000), 1kb (1024), 5mb, 2gb. Redis's arithmetic: unsigned, and no digits are zero.</summary>
public static class MemorySize
{
    private static readonly (string Unit, ulong Factor)[] Units =
    [
        ("", 1), ("b", 1), ("k", 1000), ("kb", 1024), ("m", 1000 * 1000), ("mb", 1024 * 1024), ("g", 1000 * 1000 * 1000), ("gb", 1024 * 1024 * 1024),
    ];

    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;

        string unit = text[digits..].ToLowerInvariant();
        foreach ((string name, ulong factor) in Units)
        {
            if (name != unit) continue;

            // A number too large is the largest, and its unit may carry it over: what Redis accepts, a file that is moved here may hold.
            if (digits > 0 && !ulong.TryParse(text.AsSpan(0, digits), out bytes)) bytes = ulong.MaxValue;
            bytes = unchecked(bytes * factor);
            return true;
        }

        return false;
    }

    /// <summary>With the largest unit that leaves a whole number, as CONFIG REWRITE writes it.</summary>
    public static string Format(ulong bytes)
    {
        const ulong Kilobyte = 1024;
        if (bytes == 0) return "0";
        if (bytes % (Kilobyte * Kilobyte * Kilobyte) == 0) return $"{bytes / (Kilobyte * Kilobyte * Kilobyte)}gb";
        if (bytes % (Kilobyte * Kilobyte) == 0) return $"{bytes / (Kilobyte * Kilobyte)}mb";
        return bytes % Kilobyte == 0 ? $"{bytes / Kilobyte}kb" : $"{bytes}";
    }
}
