using System.Text.RegularExpressions;
using Keyway.Differential.Commands;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;
using Keyway.Protocol.Commands;

namespace Keyway.Differential.Verbs;

/// <summary>Sets redis-server against itself: how many of the requests succeed, and which commands and options are never reached.</summary>
internal static partial class CoverageVerb
{
    private const double WantedSuccess = 0.6;

    public static int Execute(Options options)
    {
        using var pair = new ServerPair(new RedisProgram(), new RedisProgram("another"));
        var campaign = new Campaign(pair, sendsAll: true, Console.WriteLine) { KeepsGoing = true };
        foreach (int protocol in options.Protocols)
        {
            Findings findings = campaign.Execute(options.Seed, protocol, options.Groups, options.Commands / options.Protocols.Length, options.Length, options.Sequence);
            if (findings.Total > 0) Console.WriteLine($"redis-server differs from itself: {findings.Summary()}");
        }

        Tally tally = campaign.Tally;
        Console.WriteLine($"{tally.Sent:N0} requests, {100.0 * tally.Succeeded / tally.Sent:N1} % succeeded");
        foreach ((string name, Tally.Counts counts) in tally.ByCommand.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            double share = (double)counts.Succeeded / counts.Sent;
            string[] missing = MissingOptions(name, counts);
            bool isRow = CommandTable.FindFullName(System.Text.Encoding.ASCII.GetBytes(name.ToLowerInvariant().Replace(' ', '|'))) != null;
            if (!isRow || (share >= WantedSuccess && missing.Length == 0)) continue;
            Console.WriteLine($"{name}: {counts.Sent} sent, {100 * share:N0} % succeeded{(missing.Length == 0 ? "" : $", never with {string.Join(' ', missing)}")}");
        }

        if (options.Groups.Length < Catalogue.All.Length) return 0;
        foreach (Command row in CommandTable.All.Where(row => !row.IsContainer && !tally.ByCommand.ContainsKey(row.Name.ToUpperInvariant().Replace('|', ' ')))) Console.WriteLine($"never sent: {row.Name}");
        return 0;
    }

    private static string[] MissingOptions(string name, Tally.Counts counts)
    {
        Command? row = CommandTable.FindFullName(System.Text.Encoding.ASCII.GetBytes(name.ToLowerInvariant().Replace(' ', '|')));
        if (row == null || counts.Succeeded == 0) return [];
        return [.. Option().Matches(row.Syntax ?? "").Select(match => match.Value).Where(option => !counts.Options.Contains(option)).Distinct()];
    }

    [GeneratedRegex(@"\b[A-Z][A-Z-]+\b")]
    private static partial Regex Option();
}
