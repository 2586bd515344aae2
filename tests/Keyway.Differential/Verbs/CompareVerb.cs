using System.Diagnostics;
using Keyway.Differential.Commands;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Verbs;

/// <summary>The program without a verb: compares for as many commands as asked for.</summary>
internal static class CompareVerb
{
    public static int Execute(Options options)
    {
        using ServerPair pair = Start(options);
        var campaign = new Campaign(pair, options.SendsAll, Console.WriteLine)
        {
            KeepsGoing = options.KeepsGoing,
            Minimizes = options.Minimizes,
            Directory = options.Report,
            Adapts = options.Through is null ? null : new GatewayCalls(options.Spreads).Adapt,
        };
        Console.WriteLine($"seed {options.Seed}, groups {string.Join(',', options.Groups.Select(group => group.Name))}");
        foreach (string command in campaign.Skipped) Console.WriteLine($"not sent: {command.Replace('|', ' ')} ({NotServedYet.Reasons[command]})");

        bool isAlike = true;
        foreach (int protocol in options.Protocols)
        {
            long before = campaign.Tally.Sent;
            long started = Stopwatch.GetTimestamp();
            Findings findings = campaign.Execute(options.Seed, protocol, options.Groups, options.Commands, options.Length, options.Sequence);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            long sent = campaign.Tally.Sent - before;
            string verdict = findings.Total == 0 ? "no difference" : findings.Summary();
            Console.WriteLine($"RESP{protocol}, seed {options.Seed}: {sent:N0} commands in {seconds:N0} s: {verdict}");
            isAlike &= findings.Total == 0;
        }

        Console.WriteLine($"{100.0 * campaign.Tally.Succeeded / Math.Max(1, campaign.Tally.Sent):N0} % of the requests succeeded");
        return isAlike ? 0 : 1;
    }

    private static Server Behind(string kind, int number) => kind == "redis" ? new RedisProgram($"s{number}") : new ShardProgram();

    /// <summary>The two servers that the options name, or new ones.</summary>
    public static ServerPair Start(Options options) => new(
        options.Reference == null ? new RedisProgram() : new GivenServer("redis", GivenServer.Parse(options.Reference)),
        options.Through is { } kind ? new GatewayBefore(Behind(kind, 1), Behind(kind, 2)) : options.Against == null ? new ShardProgram() : new GivenServer("keyway", GivenServer.Parse(options.Against)));
}
