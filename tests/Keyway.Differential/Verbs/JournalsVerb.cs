using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Verbs;

/// <summary>aofs: compares what the two servers write into their journals, request by request, and now and then the bases that both write anew.</summary>
internal static class JournalsVerb
{
    /// <summary>All that was answered is in the file, and files change only when they are told to.</summary>
    public static readonly string[] Settings = ["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"];

    private const long CommandsBetweenBases = 10_000;

    public static int Execute(Options options)
    {
        using var pair = new ServerPair(
            options.Reference == null ? new RedisProgram("redis", Settings) : new GivenServer("redis", GivenServer.Parse(options.Reference)),
            options.Against == null ? new ShardProgram(Settings) : new GivenServer("keyway", GivenServer.Parse(options.Against)))
        {
            KeptSetting = "appendfsync",
        };
        using var journals = new StreamComparer(pair, side => new JournalTap(side));
        using var bases = new BaseComparer(pair);
        pair.Streams = journals;
        var campaign = new Campaign(pair, options.SendsAll, Console.WriteLine) { KeepsGoing = options.KeepsGoing, Minimizes = options.Minimizes, Directory = options.Report };
        CommandGroup[] groups = [.. options.Groups.Intersect(StreamsVerb.Groups)];
        long unlike = 0;
        int seed = options.Seed;
        for (int round = 0; campaign.Tally.Sent < options.Commands; round++, seed++)
        {
            Console.WriteLine($"seed {seed}, groups {string.Join(',', groups.Select(group => group.Name))}");
            long most = Math.Min(CommandsBetweenBases, options.Commands - campaign.Tally.Sent);
            Findings findings = campaign.Execute(seed, protocol: 2, groups, most, options.Length, options.Sequence);
            unlike += findings.Total;
            if (bases.Compare(asRdb: round % 2 == 0) is var (expected, actual))
            {
                Console.WriteLine($"seed {seed}: the bases differ: {expected} {actual}");
                unlike++;
            }

            if ((unlike > 0 && !options.KeepsGoing) || options.Sequence != null) break;
        }

        Console.WriteLine($"{campaign.Tally.Sent:N0} commands: {(unlike == 0 ? "the same journals" : $"{unlike} differences")}");
        return unlike == 0 ? 0 : 1;
    }
}
