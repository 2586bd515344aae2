using System.Globalization;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Shard.Configuration;

/// <summary>Checks a directive's arguments and brings them into the form that CONFIG GET shows. The error texts are Redis's.</summary>
internal static class DirectiveValue
{
    private static readonly (string Unit, long Factor)[] Units =
    [
        ("b", 1), ("k", 1000), ("kb", 1024), ("m", 1000 * 1000), ("mb", 1024 * 1024),
        ("g", 1000L * 1000 * 1000), ("gb", 1024L * 1024 * 1024),
    ];

    /// <param name="before">The value so far, to which some directives add.</param>
    /// <returns>The error, or null.</returns>
    public static string? TryNormalize(Directive directive, IReadOnlyList<string> arguments, string before, out string value)
    {
        value = "";
        bool takesSeveral = directive.Kind is DirectiveKind.Words or DirectiveKind.SavePoints or DirectiveKind.BufferLimits;
        if (!takesSeveral && arguments.Count != 1) return "wrong number of arguments";

        string only = arguments.Count == 1 ? arguments[0] : "";
        switch (directive.Kind)
        {
            case DirectiveKind.Boolean:
                value = only.ToLowerInvariant();
                return value is "yes" or "no" ? null : "argument must be 'yes' or 'no'";
            case DirectiveKind.Integer:
                return NormalizeInteger(directive, only, out value);
            case DirectiveKind.Octal:
                return NormalizeOctal(only, out value);
            case DirectiveKind.Memory:
                if (!TryParseMemory(only, out long bytes)) return "argument must be a memory value";
                value = $"{bytes}";
                return CheckRange(directive, bytes);
            case DirectiveKind.MemoryOrPercent:
                return NormalizePercent(directive, only, out value);
            case DirectiveKind.Choice:
                value = directive.Choices.FirstOrDefault(choice => choice.Equals(only, StringComparison.OrdinalIgnoreCase)) ?? "";
                return value.Length > 0 ? null : $"argument(s) must be one of the following: {string.Join(", ", directive.Choices)}";
            case DirectiveKind.SavePoints:
                return NormalizeSavePoints(arguments, before, out value);
            case DirectiveKind.BufferLimits:
                return NormalizeBufferLimits(arguments, before, out value);
            case DirectiveKind.EventClasses:
                return NormalizeEvents(only, out value);
            default:
                value = string.Join(' ', arguments);
                return null;
        }
    }

    public static bool TryParseMemory(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || (digits == 0 && text[0] == '-'))) digits++;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) || number < 0) return false;

        string unit = text[digits..].ToLowerInvariant();
        if (unit.Length == 0) unit = "b";
        foreach ((string name, long factor) in Units)
        {
            if (name != unit) continue;
            if (number > long.MaxValue / factor) return false;
            bytes = number * factor;
            return true;
        }

        return false;
    }

    private static string? NormalizeInteger(Directive directive, string text, out string value)
    {
        value = text;
        if (!RespNumber.TryParseLong(Encoding.UTF8.GetBytes(text), out long number)) return "argument couldn't be parsed into an integer";
        return CheckRange(directive, number);
    }

    private static string? NormalizeOctal(string text, out string value)
    {
        value = text;
        bool isOctal = text.Length is > 0 and < 8 && text.All(digit => digit is >= '0' and <= '7');
        return isOctal && Convert.ToInt32(text, 8) <= 511 ? null : "argument couldn't be parsed as an octal number";
    }

    private static string? NormalizePercent(Directive directive, string text, out string value)
    {
        value = text;
        if (text.EndsWith('%'))
        {
            if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long percent))
                return "argument must be a memory or percent value";
            return percent <= 100 ? null : "percentage argument must be less or equal to 100";
        }

        if (!TryParseMemory(text, out long bytes)) return "argument must be a memory or percent value";
        value = $"{bytes}";
        return CheckRange(directive, bytes);
    }

    private static string? CheckRange(Directive directive, long number) =>
        number >= directive.Minimum && number <= directive.Maximum
            ? null
            : $"argument must be between {directive.Minimum} and {directive.Maximum} inclusive";

    private static string? NormalizeSavePoints(IReadOnlyList<string> arguments, string before, out string value)
    {
        // CONFIG SET gives all points as one argument; a file gives one point a line, which add up.
        string[] words = arguments.SelectMany(argument => argument.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        value = words.Length == 0 ? "" : string.Join(' ', before.Length == 0 ? words : [before, .. words]);
        if (words.Length % 2 != 0) return "Invalid save parameters";

        for (int i = 0; i < words.Length; i += 2)
        {
            if (!long.TryParse(words[i], out long seconds) || !long.TryParse(words[i + 1], out long changes) || seconds < 1 || changes < 0)
                return "Invalid save parameters";
        }

        return null;
    }

    private static string? NormalizeBufferLimits(IReadOnlyList<string> arguments, string before, out string value)
    {
        string[] words = arguments.SelectMany(argument => argument.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var limits = new Dictionary<string, string>();
        string[] known = before.Split(' ');
        for (int i = 0; i + 3 < known.Length; i += 4) limits[known[i]] = string.Join(' ', known[(i + 1)..(i + 4)]);

        value = before;
        if (words.Length == 0 || words.Length % 4 != 0) return "Wrong number of arguments in buffer limit configuration.";
        for (int i = 0; i < words.Length; i += 4)
        {
            string kind = words[i].ToLowerInvariant() is "replica" ? "slave" : words[i].ToLowerInvariant();
            if (!limits.ContainsKey(kind)) return "Invalid client class specified in buffer limit configuration.";
            bool isValid = TryParseMemory(words[i + 1], out long hard) & TryParseMemory(words[i + 2], out long soft) & int.TryParse(words[i + 3], out int seconds);
            if (!isValid || seconds < 0) return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
            limits[kind] = $"{hard} {soft} {seconds}";
        }

        value = string.Join(' ', limits.Select(limit => $"{limit.Key} {limit.Value}"));
        return null;
    }

    private static string? NormalizeEvents(string text, out string value)
    {
        const string All = "g$lshzxetd";
        value = "";
        foreach (char letter in text)
        {
            if (!"Ag$lshzxeKEtmdn".Contains(letter, StringComparison.Ordinal)) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
        }

        string letters = text.Replace("A", All, StringComparison.Ordinal);
        bool hasAll = All.All(letter => letters.Contains(letter, StringComparison.Ordinal));
        string classes = hasAll ? "A" : string.Concat(All.Where(letter => letters.Contains(letter, StringComparison.Ordinal)));
        value = classes + string.Concat("KEmn".Where(letter => letters.Contains(letter, StringComparison.Ordinal)));
        return null;
    }
}
