using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Reports;

/// <summary>The differences of a run: one small example of each sort, and how often it came.</summary>
internal sealed class Findings(ServerPair pair, bool minimizes, Action<string> print, string? directory)
{
    private const int ExamplesOfACommand = 6;

    private readonly Dictionary<string, int> _bySignature = [];
    private readonly Dictionary<string, int> _byCommand = [];
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> All => _findings;

    public long Total { get; private set; }

    /// <returns>True if it is of a sort that was not seen before.</returns>
    public bool Add(Sequence sequence, Outcome outcome, Difference difference)
    {
        Total++;
        string signature = difference.Signature;
        if (_bySignature.TryGetValue(signature, out int seen) && !(difference.IsState && seen < ExamplesOfACommand))
        {
            _bySignature[signature] = seen + 1;
            return false;
        }

        _bySignature[signature] = seen + 1;
        string command = difference.Call?.Name ?? difference.Kind;
        if (_byCommand.GetValueOrDefault(command) >= ExamplesOfACommand) return false;

        Call[] script = [.. outcome.History.Take(difference.Index + 1)];
        bool isCertain = true;
        if (minimizes)
        {
            (Call[] Script, Difference Difference)? minimal = new Minimizer(pair, sequence).Minimize(outcome.History, difference);
            isCertain = minimal != null;
            if (minimal != null) (script, difference) = minimal.Value;
        }

        // What only the end shows is the doing of the last request that cannot be left out.
        if (difference.Call == null && script.Length > 0)
        {
            string culprit = $"{script[^1].Name}|{difference.Kind}";
            if (!_bySignature.TryAdd(culprit, 1)) return false;
            command = script[^1].Name;
        }

        _byCommand[command] = _byCommand.GetValueOrDefault(command) + 1;
        var finding = new Finding(sequence, command, difference, script, isCertain);
        _findings.Add(finding);
        print(finding.ToString());
        if (directory != null) Append(directory, finding);
        return true;
    }

    public string Summary()
    {
        var text = new StringBuilder($"{Total} differences of {_findings.Count} sorts");
        foreach (IGrouping<string, Finding> group in _findings.GroupBy(finding => finding.Command).OrderBy(group => group.Key, StringComparer.Ordinal)) text.Append($"\n  {group.Key}: {group.Count()}");
        return text.ToString();
    }

    private static void Append(string directory, Finding finding)
    {
        Directory.CreateDirectory(directory);
        File.AppendAllText(Path.Combine(directory, $"{Owners.Of(finding)}.txt"), finding + "\n");
    }
}
