using System.Text;

namespace Keyway.Protocol.Configuration;

/// <summary>
/// Checks a directive's arguments and brings them into the form that CONFIG GET shows. The error texts are Redis's. A value is a string of bytes: each
/// character stands for one.
/// </summary>
public static class DirectiveValue
{
    /// <param name="before">The value so far, to which some directives add.</param>
    /// <returns>The error, or null.</returns>
    public static string? TryNormalize(Directive directive, IReadOnlyList<string> arguments, string before, out string value)
    {
        value = "";
        if (!directive.TakesSeveral && arguments.Count != 1) return "wrong number of arguments";

        string only = arguments.Count == 1 ? arguments[0] : "";
        switch (directive.Kind)
        {
            case DirectiveKind.Boolean:
                value = only.ToLowerInvariant();
                return value is "yes" or "no" ? null : "argument must be 'yes' or 'no'";
            case DirectiveKind.Integer:
                return NormalizeInteger(directive, only, out value);
            case DirectiveKind.Octal:
                return NormalizeOctal(directive, only, out value);
            case DirectiveKind.Memory:
                if (!MemorySize.TryParse(only, out ulong bytes)) return "argument must be a memory value";
                value = $"{bytes}";
                return CheckRange(directive, bytes);
            case DirectiveKind.MemoryOrPercent:
                return NormalizePercent(directive, only, out value);
            case DirectiveKind.Choice:
                value = Choose(directive, only) ?? "";
                return value.Length > 0 ? null : ChoiceError(directive);
            case DirectiveKind.SignalActions:
                return NormalizeActions(directive, arguments, out value);
            case DirectiveKind.SavePoints:
                return DirectiveWords.NormalizeSavePoints(arguments, before, out value);
            case DirectiveKind.BufferLimits:
                return DirectiveWords.NormalizeBufferLimits(arguments, before, out value);
            case DirectiveKind.OomScores:
                return DirectiveWords.NormalizeOomScores(arguments, out value);
            case DirectiveKind.Percentiles:
                return DirectiveWords.NormalizePercentiles(arguments, out value);
            case DirectiveKind.MasterAddress:
                return DirectiveWords.NormalizeMaster(arguments, out value);
            case DirectiveKind.EventClasses:
                return NormalizeEvents(only, out value);
            default:
                value = string.Join(' ', arguments);
                return null;
        }
    }

    private static string? NormalizeInteger(Directive directive, string text, out string value)
    {
        value = text;
        if (!RespNumber.TryParseLong(Encoding.Latin1.GetBytes(text), out long number)) return "argument couldn't be parsed into an integer";
        return CheckRange(directive, number);
    }

    private static string? NormalizeOctal(Directive directive, string text, out string value)
    {
        value = "0";
        if (text.Length > 20 || !text.All(digit => digit is >= '0' and <= '7')) return "argument couldn't be parsed as an octal number";

        int number = 0;
        foreach (char digit in text) number = Math.Min((number * 8) + (digit - '0'), int.MaxValue / 16);
        value = Convert.ToString(number, 8);
        bool isInRange = number >= directive.Minimum && number <= directive.Maximum;
        return isInRange ? null : $"argument must be between {Convert.ToString((int)directive.Minimum, 8)} and {Convert.ToString((int)directive.Maximum, 8)} inclusive";
    }

    private static string? NormalizePercent(Directive directive, string text, out string value)
    {
        value = text;
        Int128 number;
        if (MemorySize.TryParse(text, out ulong bytes)) number = unchecked((long)bytes);
        else if (text.Length > 1 && text[^1] == '%' && RespNumber.TryParseLong(Encoding.Latin1.GetBytes(text[..^1]), out long percent) && percent >= 0) number = -percent;
        else return "argument must be a memory or percent value";

        // Redis keeps a percentage as a negative number, so that a size of 2^63 and more is one too.
        value = number < 0 ? $"{-number}%" : $"{number}";
        if (number < -100) return "percentage argument must be less or equal to 100";
        return number < 0 ? null : CheckRange(directive, number);
    }

    private static string? CheckRange(Directive directive, Int128 number) =>
        number >= directive.Minimum && number <= directive.Maximum
            ? null
            : $"argument must be between {directive.Minimum} and {directive.Maximum} inclusive";

    private static string? Choose(Directive directive, string word) =>
        directive.Choices.FirstOrDefault(choice => choice.Equals(word, StringComparison.OrdinalIgnoreCase));

    private static string ChoiceError(Directive directive) => $"argument(s) must be one of the following: {string.Join(", ", directive.Choices)}";

    private static string? NormalizeActions(Directive directive, IReadOnlyList<string> arguments, out string value)
    {
        value = "";
        if (arguments.Count == 0) return ChoiceError(directive);

        var chosen = new HashSet<string>();
        foreach (string word in arguments)
        {
            if (Choose(directive, word) is not { } choice) return ChoiceError(directive);
            chosen.Add(choice);
        }

        // The first word is the absence of all others.
        if (chosen.Count > 1) chosen.Remove(directive.Choices[0]);
        value = string.Join(' ', directive.Choices.Where(chosen.Contains));
        return chosen.Contains("save") && chosen.Contains("nosave") ? "shutdown options SAVE and NOSAVE can't be used simultaneously" : null;
    }

    private static string? NormalizeEvents(string text, out string value)
    {
        const string All = EventLetters.All;
        value = "";
        foreach (char letter in text)
        {
            if (!"Ag$lshzxeKEtmdn".Contains(letter, StringComparison.Ordinal)) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
        }

        string letters = text.Replace("A", All, StringComparison.Ordinal);
        bool hasAll = All.All(letter => letters.Contains(letter, StringComparison.Ordinal));
        string classes = hasAll ? "A" : string.Concat((All + "n").Where(letter => letters.Contains(letter, StringComparison.Ordinal)));
        value = classes + string.Concat("KEm".Where(letter => letters.Contains(letter, StringComparison.Ordinal)));
        if (hasAll && letters.Contains('n', StringComparison.Ordinal)) value += EventLetters.Hidden;
        return null;
    }
}
