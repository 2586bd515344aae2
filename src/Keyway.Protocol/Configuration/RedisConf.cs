using System.Text;

namespace Keyway.Protocol.Configuration;

/// <summary>
/// Reads redis.conf: a directive a line, # begins a comment, <c>include</c> stands for another file's lines. Values are checked when they are applied,
/// so that every error can name its line.
/// </summary>
public static class RedisConf
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

    /// <summary>
    /// What redis-server takes on its command line: an optional file, then <c>--directive value …</c>. Directives come after the file's lines and
    /// are numbered on from there, as Redis does, which appends them to the file's text.
    /// </summary>
    /// <param name="isHeeded">Told the file's lines and a line that was made of arguments, says whether that one counts; null: all do.</param>
    public static List<ConfLine> ParseCommandLine(IReadOnlyList<string> arguments, out string file, Func<string[], string, bool>? isHeeded = null)
    {
        file = "";
        string[] lines = [];
        if (arguments.Count > 0 && !arguments[0].StartsWith("--", StringComparison.Ordinal))
        {
            file = Path.GetFullPath(arguments[0]);
            lines = Read(arguments[0], ReadLines);
        }

        List<string> own = ToLines(arguments.Skip(file.Length == 0 ? 0 : 1).Select(ByteText.Of));
        return Parse([.. lines, .. own.Where(line => isHeeded == null || isHeeded(lines, line))], ReadLines);
    }

    public static string[] ReadLines(string file) => File.ReadAllLines(file, Encoding.Latin1);

    /// <summary>
    /// Redis's own way to make lines of arguments: one that begins with -- begins a line, unless the directive before it still lacks its value; --save is
    /// happy without one. "--port 1" in one argument is a line of its own.
    /// </summary>
    private static List<string> ToLines(IEnumerable<string> arguments)
    {
        var lines = new List<string>();
        bool needsValue = false;
        foreach (string argument in arguments)
        {
            bool isName = argument.StartsWith("--", StringComparison.Ordinal);
            if (isName && needsValue && lines[^1].Equals("save", StringComparison.OrdinalIgnoreCase))
            {
                lines[^1] += " \"\"";
                needsValue = false;
            }

            if (isName && !needsValue)
            {
                lines.Add(argument[2..].Trim(' '));
                needsValue = !lines[^1].Contains(' ', StringComparison.Ordinal);
            }
            else
            {
                if (lines.Count == 0) lines.Add("");
                lines[^1] += " " + ConfLine.Quote(argument);
                needsValue = false;
            }
        }

        if (needsValue && lines[^1].Equals("save", StringComparison.OrdinalIgnoreCase)) lines[^1] += " \"\"";
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
                foreach (string file in Glob(ByteText.ToText(words[1]))) Parse(Read(file, readFile), readFile, result, depth + 1);
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
}
