using System.Globalization;

namespace Keyway.Configuration;

/// <summary>Durations and sizes as the map writes them.</summary>
internal static class Quantity
{
    public const string DurationForms = "400ms, 2s, 1m or a bare number of milliseconds";
    public const string SizeForms = "64kb, 10mb, 1gb or a bare number of bytes";

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, out long number, out string unit)) return false;

        long milliseconds = unit switch { "" or "ms" => 1, "s" => 1000, "m" => 60_000, _ => 0 };

        // A year: what is meant as "for ever" has a word of its own, and the sum of two must not overflow anywhere.
        if (milliseconds == 0 || number > 366L * 24 * 3600 * 1000 / milliseconds) return false;

        duration = TimeSpan.FromMilliseconds(number * milliseconds);
        return true;
    }

    /// <summary>Redis's units: k is 1000, kb is 1024.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out long number, out string unit)) return false;

        long factor = unit switch
        {
            "" or "b" => 1,
            "k" => 1000,
            "kb" => 1024,
            "m" => 1_000_000,
            "mb" => 1024 * 1024,
            "g" => 1_000_000_000,
            "gb" => 1024L * 1024 * 1024,
            _ => 0,
        };
        if (factor == 0 || number > long.MaxValue / factor) return false;

        bytes = number * factor;
        return true;
    }

    private static bool TrySplit(string text, out long number, out string unit)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        unit = text[digits..].ToLowerInvariant();
        return long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
