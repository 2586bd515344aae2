using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Verbs;

/// <summary>Executes a script as reports show them.</summary>
internal static class ReplayVerb
{
    public static int Execute(Options options)
    {
        Call[] calls = [.. File.ReadAllLines(options.File).Where(line => line.Length > 0 && !line.StartsWith("---", StringComparison.Ordinal) && !line.StartsWith("  ", StringComparison.Ordinal)).Select(Parse)];
        using ServerPair pair = CompareVerb.Start(options);
        bool isAlike = true;
        foreach (int protocol in options.Protocols)
        {
            bool isConcurrent = calls.Any(call => call.Connection is > 0 and < Side.Connections);
            var sequence = new Sequence(0, 0, protocol, "", isConcurrent, HasOrderedPushes: false, calls);
            Outcome outcome = Run.For(sequence, pair, new Tally(), keepsGoing: true).Execute(calls, protocol);
            foreach (Difference difference in outcome.Differences) Console.WriteLine(new Finding(sequence, difference.Call?.Name ?? "", difference, [.. calls.Take(difference.Index + 1)], true));
            isAlike &= outcome.Differences.Count == 0;
            if (!outcome.IsLost) continue;
            pair.Subject.Restart();
            pair.Reference.Restart();
        }

        Console.WriteLine(isAlike ? "no difference" : "they differ");
        return isAlike ? 0 : 1;
    }

    private static Call Parse(string line)
    {
        int connection = 0;
        if (line.Length > 3 && char.IsAsciiDigit(line[0]) && line[1] == '>')
        {
            connection = line[0] - '0';
            line = line[3..];
        }

        return new Call([.. Words(line)], connection);
    }

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        int at = 0;
        while (at < line.Length)
        {
            if (line[at] == ' ') at++;
            else if (line[at] == '"') words.Add(ReadQuoted(line, ref at));
            else if (line.AsSpan(at).StartsWith("{id of ")) (words, at) = ([.. words, Call.IdOf(line[at + 7] - '0')], at + 9);
            else words.Add(ReadPlain(line, ref at));
        }

        return words;
    }

    private static string ReadPlain(string line, ref int at)
    {
        int end = line.IndexOf(' ', at);
        if (end < 0) end = line.Length;
        string word = line[at..end];
        at = end;
        return word;
    }

    private static string ReadQuoted(string line, ref int at)
    {
        var word = new StringBuilder();
        for (at++; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] != '\\') word.Append(line[at]);
            else if (line[at + 1] == 'x')
            {
                word.Append((char)Convert.ToInt32(line.Substring(at + 2, 2), 16));
                at += 3;
            }
            else word.Append(line[++at]);
        }

        at++;
        return word.ToString();
    }
}
