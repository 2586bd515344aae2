using System.Text;

namespace Keyway.Differential.Commands;

/// <summary>
/// One request of a sequence and the connection that sends it. Words are Latin-1, a character a byte; the characters from U+0100 on stand for
/// something that each server has its own of, see <see cref="IdOf"/>.
/// </summary>
internal sealed record Call(string[] Words, int Connection = 0)
{
    /// <summary>The connection that repairs what a difference has left behind; no generator uses it.</summary>
    public const int Healer = 9;

    private const char FirstId = '\u0100';

    private static readonly HashSet<string> Containers =
    [
        "CLIENT", "CONFIG", "OBJECT", "XGROUP", "XINFO", "MEMORY", "DEBUG", "COMMAND", "PUBSUB", "LATENCY", "SLOWLOG", "ACL", "MODULE", "SCRIPT", "FUNCTION", "CLUSTER",
    ];

    /// <summary>What it is counted under: "GET", "XGROUP CREATE".</summary>
    public string Name { get; } = NameOf(Words);

    public Verb Verb { get; } = VerbOf(Words);

    /// <summary>A word that becomes the id of a connection of this sequence, whatever each server calls it.</summary>
    public static string IdOf(int connection) => ((char)(FirstId + connection)).ToString();

    /// <returns>True if the word is one of <see cref="IdOf"/>.</returns>
    public static bool IsId(string word, out int connection)
    {
        connection = word.Length == 1 ? word[0] - FirstId : -1;
        return connection >= 0;
    }

    /// <summary>As redis-cli reads it.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        foreach (string word in Words)
        {
            if (line.Length > 0) line.Append(' ');
            if (IsId(word, out int connection)) line.Append($"{{id of {connection}}}");
            else Quoted.Append(line, word);
        }

        return line.ToString();
    }

    private static string NameOf(string[] words)
    {
        string name = words[0].ToUpperInvariant();
        return words.Length > 1 && Containers.Contains(name) ? $"{name} {words[1].ToUpperInvariant()}" : name;
    }

    private static Verb VerbOf(string[] words)
    {
        string name = words[0].Replace('-', '_');
        return Enum.TryParse(name, ignoreCase: true, out Verb verb) && !char.IsDigit(name.Length > 0 ? name[0] : '0') ? verb : Verb.Other;
    }
}
