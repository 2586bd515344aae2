using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Which files make up a journal: a base and what was written since, file after file. A value: a journal that changes has another one, which is on the
/// disk before anything relies on it.
/// </summary>
internal sealed record Manifest(JournalFile? Base, ImmutableArray<JournalFile> History, ImmutableArray<JournalFile> Increments)
{
    private const int LongestLine = 1024;
    private const int LeastWords = 6;

    public static Manifest Empty { get; } = new(null, [], []);

    /// <summary>Nothing can be loaded from it.</summary>
    public bool HoldsNothing => Base == null && Increments.IsEmpty;

    /// <summary>The files that are loaded, in order.</summary>
    public IEnumerable<JournalFile> Loaded => Base == null ? Increments : Increments.Prepend(Base);

    /// <summary>Reads what <see cref="Format"/> or redis-server has written.</summary>
    /// <exception cref="ManifestException">It says something else.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        Manifest manifest = Empty;
        bool isEmpty = true;
        int number = 0;
        while (text.Length > 0)
        {
            number++;
            int end = text.IndexOf('\n');
            if (end < 0 || end >= LongestLine) throw new ManifestException(0, "", "The AOF manifest file contains too long line");
            string line = text[..end];
            text = text[(end + 1)..];
            if (line.StartsWith('#')) continue;

            manifest = manifest.With(ReadFile(line.Trim(' ', '\t', '\r'), number), number, line);
            isEmpty = false;
        }

        return isEmpty ? throw new ManifestException(0, "", "Found an empty AOF manifest") : manifest;
    }

    public byte[] Format()
    {
        var text = new StringBuilder();
        if (Base != null) Write(text, Base);
        foreach (JournalFile file in History) Write(text, file);
        foreach (JournalFile file in Increments) Write(text, file);
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>The base that would come next.</summary>
    /// <param name="fileName">What all of the journal's files begin with.</param>
    /// <param name="isRdb">Rather than commands.</param>
    /// <param name="skipped">How many names are passed over, since files may bear them.</param>
    public JournalFile NextBase(string fileName, bool isRdb, int skipped = 0)
    {
        long sequence = (Base?.Sequence ?? 0) + 1 + skipped;
        return new JournalFile(Name(fileName, sequence, isRdb ? "base.rdb" : "base.aof"), sequence, JournalFileKind.Base);
    }

    /// <summary>The file of effects that would come next.</summary>
    public JournalFile NextIncrement(string fileName, int skipped = 0)
    {
        long sequence = (Increments.IsEmpty ? 0 : Increments[^1].Sequence) + 1 + skipped;
        return new JournalFile(Name(fileName, sequence, "incr.aof"), sequence, JournalFileKind.Increment);
    }

    public Manifest WithIncrement(JournalFile increment) => this with { Increments = Increments.Add(increment) };

    /// <summary>A new base, which holds all that the files before this increment say; null: all that there are.</summary>
    public Manifest Rebased(JournalFile newBase, JournalFile? firstIncrement)
    {
        IEnumerable<JournalFile> past = Loaded.TakeWhile(file => file != firstIncrement).Select(file => file with { Kind = JournalFileKind.History });
        return new Manifest(newBase, History.InsertRange(0, past.Reverse()), [.. Increments.SkipWhile(file => file != firstIncrement)]);
    }

    public Manifest WithoutHistory() => this with { History = [] };

    private static string Name(string fileName, long sequence, string suffix) => string.Create(CultureInfo.InvariantCulture, $"{fileName}.{sequence}.{suffix}");

    // file <name> seq <number> type <b|h|i>
    private static void Write(StringBuilder text, JournalFile file)
    {
        string name = ByteText.Of(file.Name);
        bool isPlain = name.All(c => c is > ' ' and <= '~' and not ('"' or '\'' or '\\'));
        char kind = file.Kind switch { JournalFileKind.Base => 'b', JournalFileKind.History => 'h', _ => 'i' };
        text.Append(CultureInfo.InvariantCulture, $"file {(isPlain ? name : ConfLine.Quote(name))} seq {file.Sequence} type {kind}\n");
    }

    private static JournalFile ReadFile(string line, int number)
    {
        List<string>? words = line.Length == 0 ? null : ConfLine.Split(line);
        if (words == null || words.Count < LeastWords || words.Count % 2 != 0) throw Wrong("Invalid AOF manifest file format");

        string name = "";
        long sequence = 0;
        JournalFileKind? kind = null;
        for (int i = 0; i < words.Count; i += 2)
        {
            string value = words[i + 1];
            switch (words[i].ToLowerInvariant())
            {
                case "file":
                    if (value.Contains('/') || value is "." or "..") throw Wrong("File can't be a path, just a filename");
                    name = ByteText.ToText(value);
                    break;
                case "seq":
                    _ = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out sequence);
                    break;
                case "type":
                    kind = value switch { "b" => JournalFileKind.Base, "h" => JournalFileKind.History, "i" => JournalFileKind.Increment, _ => throw Wrong("Unknown AOF file type") };
                    break;
            }
        }

        if (name.Length == 0 || sequence <= 0 || kind == null) throw Wrong("Invalid AOF manifest file format");
        return new JournalFile(name, sequence, kind.Value);

        ManifestException Wrong(string reason) => new(number, line, reason);
    }

    private Manifest With(JournalFile file, int number, string line)
    {
        switch (file.Kind)
        {
            case JournalFileKind.Base:
                return Base == null ? this with { Base = file } : throw new ManifestException(number, line, "Found duplicate base file information");
            case JournalFileKind.History:
                return this with { History = History.Add(file) };
            default:
                bool rises = Increments.IsEmpty || file.Sequence > Increments[^1].Sequence;
                return rises ? WithIncrement(file) : throw new ManifestException(number, line, "Found a non-monotonic sequence number");
        }
    }
}
