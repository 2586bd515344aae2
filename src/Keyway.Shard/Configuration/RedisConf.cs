namespace Keyway.Shard.Configuration;

/// <summary>
/// Reads redis.conf: a directive a line, # begins a comment, <c>include</c> stands for another file's lines. Values are checked when they are applied
/// (<see cref="ShardOptions"/>), so that every error can name its line.
/// </summary>
internal static class RedisConf
{
    private const int DeepestInclude = 16;      // a file that includes itself must not end in a stack overflow

    /// <param name="lines">The content.</param>
    /// <param name="readFile">How to read what is included; throws IOException or UnauthorizedAccessException.</param>
    public static List<ConfLine> Parse(IEnumerable<string> lines, Func<string, IEnumerable<string>> readFile)
    {
        var result = new List<ConfLine>();
        Parse(lines, readFile, result, depth: 0);
        return result;
    }

    public static List<ConfLine> ParseFile(string file) => Parse(Read(file, File.ReadAllLines), File.ReadAllLines);

    /// <summary>
    /// What redis-server takes on its command line: an optional file, then <c>--directive value …</c>. Directives come after the file's lines and
    /// are numbered on from there, as Redis does, which appends them to the file's text.
    /// </summary>
    public static List<ConfLine> ParseCommandLine(IReadOnlyList<string> arguments)
    {
        var lines = new List<ConfLine>();
        int at = 0;
        int number = 0;
        if (arguments.Count > 0 && !arguments[0].StartsWith("--", StringComparison.Ordinal))
        {
            string[] file = Read(arguments[0], File.ReadAllLines);
            lines = Parse(file, File.ReadAllLines);
            number = file.Length;
            at = 1;
        }

        while (at < arguments.Count)
        {
            string name = arguments[at];
            int end = at + 1;
            while (end < arguments.Count && !arguments[end].StartsWith("--", StringComparison.Ordinal)) end++;

            string[] values = arguments.Skip(at + 1).Take(end - at - 1).ToArray();
            string text = string.Join(' ', [name.TrimStart('-'), .. values.Select(ConfLine.Quote)]);
            number++;
            bool isDirective = name.StartsWith("--", StringComparison.Ordinal) && name.Length > 2;
            if (!isDirective) throw ConfFileException.At(number, text, "Bad directive or wrong number of arguments");

            lines.Add(new ConfLine(name[2..].ToLowerInvariant(), Expand(values), number, text));
            at = end;
        }

        return lines;
    }

    private static void Parse(IEnumerable<string> lines, Func<string, IEnumerable<string>> readFile, List<ConfLine> result, int depth)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim(' ', '\t', '\r', '\n');
            if (text.Length == 0 || text[0] == '#') continue;

            List<string> words = ConfLine.Split(text) ?? throw ConfFileException.At(number, text, "Unbalanced quotes in configuration line");
            if (words.Count == 0) continue;

            string name = words[0].ToLowerInvariant();
            if (name == "include" && words.Count == 2)
            {
                if (depth == DeepestInclude) throw ConfFileException.At(number, text, "files include one another without end");
                foreach (string file in Glob(words[1])) Parse(Read(file, readFile), readFile, result, depth + 1);
                continue;
            }

            result.Add(new ConfLine(name, words.Skip(1).ToArray(), number, text));
        }
    }

    private static T Read<T>(string file, Func<string, T> readFile)
    {
        try
        {
            return readFile(file);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            throw ConfFileException.CannotOpen(file, cannot.Message);
        }
    }

    private static IEnumerable<string> Glob(string path)
    {
        string pattern = Path.GetFileName(path);
        if (!pattern.Contains('*', StringComparison.Ordinal) && !pattern.Contains('?', StringComparison.Ordinal)) return [path];

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal) : [];
    }

    // redis-server takes both --replicaof h p and --replicaof "h p".
    private static string[] Expand(string[] values) =>
        values.Length == 1 && values[0].Contains(' ', StringComparison.Ordinal) ? values[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) : values;
}
