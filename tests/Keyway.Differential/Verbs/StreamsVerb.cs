using Keyway.Differential.Commands;
using Keyway.Differential.Commands.Groups;
using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Verbs;

/// <summary>streams: compares what the two servers tell their replicas, request by request.</summary>
internal static class StreamsVerb
{
    // Pings would come at other times; and nothing may be dropped for being slow.
    private static readonly string[] Settings = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "3600", "--repl-timeout", "86400"];

    /// <summary>Those whose effects can be compared.</summary>
    public static readonly CommandGroup[] Groups = [.. Catalogue.Data, TransactionCalls.Group, BlockingCalls.Group];

    public static int Execute(Options options)
    {
        using var pair = new ServerPair(
            options.Reference == null ? new RedisProgram("redis", Settings) : new GivenServer("redis", GivenServer.Parse(options.Reference)),
            options.Against == null ? new ShardProgram(Settings) : new GivenServer("keyway", GivenServer.Parse(options.Against)));
        using var streams = new StreamComparer(pair, side => new StreamTap(side));
        pair.Streams = streams;
        var campaign = new Campaign(pair, options.SendsAll, Console.WriteLine)
        {
            KeepsGoing = options.KeepsGoing,
            Minimizes = options.Minimizes,
            Directory = options.Report,
        };
        CommandGroup[] groups = [.. options.Groups.Intersect(Groups)];
        Console.WriteLine($"seed {options.Seed}, groups {string.Join(',', groups.Select(group => group.Name))}");
        Findings findings = campaign.Execute(options.Seed, protocol: 2, groups, options.Commands, options.Length, options.Sequence);
        Console.WriteLine($"seed {options.Seed}: {campaign.Tally.Sent:N0} commands: {(findings.Total == 0 ? "the same streams" : findings.Summary())}");
        return findings.Total == 0 ? 0 : 1;
    }
}
