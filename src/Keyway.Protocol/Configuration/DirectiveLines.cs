namespace Keyway.Protocol.Configuration;

/// <summary>How a directive's value is written into a configuration file.</summary>
public static class DirectiveLines
{
    /// <param name="file">What is being written.</param>
    /// <param name="directive">Whose value it is.</param>
    /// <param name="value">In the form that <see cref="DirectiveValue"/> gives it.</param>
    /// <param name="writesDefaults">Also where it is the default and the file has no such line.</param>
    public static void Write(RewrittenConf file, Directive directive, string value, bool writesDefaults)
    {
        string name = directive.Name;
        bool isNeeded = writesDefaults || value != directive.Default;
        switch (directive.Kind)
        {
            case DirectiveKind.SavePoints:
                WriteSavePoints(file, name, value);
                break;
            case DirectiveKind.BufferLimits:
                WriteBufferLimits(file, name, value, directive.Default, writesDefaults);
                break;
            case DirectiveKind.Memory or DirectiveKind.MemoryOrPercent when ulong.TryParse(value, out ulong bytes):
                file.Write(name, $"{name} {MemorySize.Format(bytes)}", isNeeded);
                break;
            case DirectiveKind.Percentiles:
                file.Write(name, $"{name} {(value.Length == 0 ? "\"\"" : value)}", isNeeded: true);
                break;
            case DirectiveKind.EventClasses:
                file.Write(name, $"{name} {ConfLine.Quote(value)}", isNeeded);
                break;
            case DirectiveKind.Text when value.Length == 0 && !directive.WritesEmpty:
            case DirectiveKind.Words or DirectiveKind.MasterAddress when value.Length == 0 && !directive.WritesEmpty:
                file.End(name);
                break;
            case DirectiveKind.Text:
                file.Write(name, $"{name} {ConfLine.Quote(value)}", isNeeded);
                break;
            default:
                file.Write(name, $"{name} {(value.Length == 0 ? "\"\"" : value)}", isNeeded);
                break;
        }
    }

    private static void WriteSavePoints(RewrittenConf file, string name, string value)
    {
        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) file.Write(name, $"{name} \"\"", isNeeded: true);
        for (int i = 0; i + 1 < words.Length; i += 2) file.Write(name, $"{name} {words[i]} {words[i + 1]}", isNeeded: true);
        file.End(name);
    }

    private static void WriteBufferLimits(RewrittenConf file, string name, string value, string standard, bool writesDefaults)
    {
        string[] words = value.Split(' ');
        string[] standards = standard.Split(' ');
        for (int i = 0; i + 3 < words.Length; i += 4)
        {
            string kind = words[i] == "slave" ? "replica" : words[i];
            bool isNeeded = writesDefaults || !words.AsSpan(i, 4).SequenceEqual(standards.AsSpan(i, 4));
            file.Write(name, $"{name} {kind} {MemorySize.Format(ulong.Parse(words[i + 1]))} {MemorySize.Format(ulong.Parse(words[i + 2]))} {words[i + 3]}", isNeeded);
        }
    }
}
