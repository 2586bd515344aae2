using System.Text.RegularExpressions;

namespace Keyway.Configuration;

/// <summary>What YAML readers make of a word without quotes.</summary>
internal static partial class PlainScalar
{
    /// <returns>number, date, boolean or null as a word; null for a text. Both YAML 1.1 and 1.2 count: editors and tools differ.</returns>
    public static string? ReadsAs(string text)
    {
        if (text is "" or "~" || text.Equals("null", StringComparison.OrdinalIgnoreCase)) return "null";
        if (Boolean().IsMatch(text)) return "boolean";
        if (Date().IsMatch(text)) return "date";
        return Number().IsMatch(text) ? "number" : null;
    }

    [GeneratedRegex("^(y|n|yes|no|true|false|on|off)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Boolean();

    [GeneratedRegex(@"^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    // Decimal, 1_000, 0x1f, 0o17, 0b11, 1.5e3, 12:30:45 (base 60 in YAML 1.1), .inf, .nan
    [GeneratedRegex(@"^[-+]?(0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|\d[\d_]*(:[0-5]?\d)+(\.\d*)?|(\d[\d_]*)?\.?\d[\d_]*\.?(e[-+]?\d+)?|\.inf)$|^\.nan$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
