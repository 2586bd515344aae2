using System.Diagnostics;
using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Running;

/// <summary>Sequence after sequence, until enough commands were sent or a difference ends it.</summary>
internal sealed class Campaign
{
    private const int PayloadRounds = 6;
    private const int PrintEverySeconds = 15;

    private readonly ServerPair _pair;
    private readonly Action<string> _print;
    private readonly List<string> _payloads;

    /// <param name="pair">Both run; what they hold goes away.</param>
    /// <param name="sendsAll">Sends also what is <see cref="NotServedYet"/>.</param>
    /// <param name="print">Takes lines for people.</param>
    public Campaign(ServerPair pair, bool sendsAll, Action<string> print)
    {
        _pair = pair;
        _print = print;
        _payloads = Payloads.Collect(pair.Reference.Server, seed: 1, PayloadRounds);
        HashSet<string> served = sendsAll ? [] : CommandsOf(pair.Subject);
        Skipped = sendsAll ? [] : [.. NotServedYet.Reasons.Keys.Where(command => !served.Contains(command)).Order(StringComparer.Ordinal)];
    }

    public bool KeepsGoing { get; init; }

    /// <summary>What becomes of each sequence before it is sent; null leaves it as it is.</summary>
    public Func<Sequence, Sequence>? Adapts { get; init; }

    public bool Minimizes { get; init; } = true;

    /// <summary>Where findings are appended to files.</summary>
    public string? Directory { get; init; }

    public Tally Tally { get; } = new();

    /// <summary>Commands that the contestant is known not to serve: they are not sent.</summary>
    public string[] Skipped { get; }

    /// <returns>What was found; empty if the two are alike.</returns>
    public Findings Execute(int seed, int protocol, CommandGroup[] groups, long commands, int length, int? only = null)
    {
        var maker = new SequenceMaker(seed, groups, IsServed, _payloads, length);
        var findings = new Findings(_pair, Minimizes, _print, Directory);
        long before = Tally.Sent;
        long started = Stopwatch.GetTimestamp();
        long printed = started;
        for (int number = only ?? 0; Tally.Sent - before < commands; number++)
        {
            Sequence sequence = maker.Make(number, protocol);
            if (Adapts is not null) sequence = Adapts(sequence);
            Outcome outcome = Run.For(sequence, _pair, Tally, KeepsGoing).Execute(sequence.Calls, protocol);
            if (outcome.IsLost) Revive();
            foreach (Difference difference in outcome.Differences) findings.Add(sequence, outcome, difference);
            if (only != null || (findings.Total > 0 && !KeepsGoing)) break;

            if (Stopwatch.GetElapsedTime(printed).TotalSeconds < PrintEverySeconds) continue;
            printed = Stopwatch.GetTimestamp();
            _print($"  RESP{protocol}: {Tally.Sent - before:N0} commands, {(Tally.Sent - before) / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} a second, {findings.All.Count} sorts of differences");
        }

        return findings;
    }

    public bool IsServed(Maker maker) => !Skipped.Contains(maker.FullName);

    private void Revive()
    {
        _pair.Streams?.Dispose();
        string words = _pair.Subject.Server.LastWords();
        if (words.Length > 0) _print(words);
        _pair.Subject.Restart();
        _pair.Reference.Restart();
    }

    /// <summary>"get", "xgroup|create" and so on.</summary>
    private static HashSet<string> CommandsOf(Side side)
    {
        var names = new HashSet<string>();
        foreach (RespValue command in side.Ask("COMMAND").Items)
        {
            names.Add(command[0].Text);
            if (command.Count > 9) names.UnionWith(command[9].Items.Select(subcommand => subcommand[0].Text));
        }

        return names;
    }
}
