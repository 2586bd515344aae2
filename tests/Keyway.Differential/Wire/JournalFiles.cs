using System.Globalization;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Wire;

/// <summary>A server's journal, as its manifest names the files.</summary>
internal sealed class JournalFiles
{
    private const string Folder = "appendonlydir";

    private readonly string _folder;
    private readonly Dictionary<long, string> _increments = [];

    private JournalFiles(string folder)
    {
        _folder = folder;
        foreach (string line in File.ReadAllLines(Path.Combine(folder, "appendonly.aof.manifest")))
        {
            // file <name> seq <number> type <b|h|i>
            string[] words = line.Split(' ');
            if (words[5] == "b") Base = Path.Combine(folder, words[1]);
            else if (words[5] == "i") _increments[long.Parse(words[3], CultureInfo.InvariantCulture)] = words[1];
        }
    }

    public string Base { get; } = "";

    public IEnumerable<long> Increments => _increments.Keys;

    public long LastIncrement => _increments.Keys.Max();

    /// <summary>Where the server says that its files are.</summary>
    public static JournalFiles Find(Side side) => new(Path.Combine(side.Ask("CONFIG", "GET", "dir")[1].Text, Folder));

    public string PathOfIncrement(long sequence) => Path.Combine(_folder, _increments[sequence]);
}
