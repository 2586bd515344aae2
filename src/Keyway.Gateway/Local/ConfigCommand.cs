using System.Globalization;
using System.Net;
using Keyway.Gateway.Local.Clients;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local;

/// <summary>
/// CONFIG GET: the parameters that clients and tools look at, with the values that are true of the gateway. Those of shards are theirs.
/// </summary>
internal static class ConfigCommand
{
    private static readonly string[] HelpLines =
    [
        "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET <pattern> [<pattern> ...]",
        "    Tells the parameters whose names match, with their values.",
        "SET <parameter> <value> [<parameter> <value> ...]",
        "    Changes maxclients, timeout, slowlog-log-slower-than, slowlog-max-len or latency-monitor-threshold until the next start.",
        "RESETSTAT",
        "    Sets the counters of INFO to zero.",
        "HELP",
        "    Prints this text.",
    ];

    // CONFIG GET parameter [parameter ...]
    public static void Get(in LocalCall call)
    {
        var found = new List<(string Name, string Value)>();
        foreach ((string name, string value) in Parameters(call.Session.Pool.Definition, call.Session.Loop.Info.Settings))
        {
            byte[] nameBytes = System.Text.Encoding.ASCII.GetBytes(name);
            for (int i = 2; i < call.Arguments.Count; i++)
            {
                if (!GlobPattern.Matches(call.Arguments[i], nameBytes, ignoreCase: true)) continue;
                found.Add((name, value));
                break;
            }
        }
        call.Reply.WriteMap(found.Count, call.Resp3);
        foreach ((string name, string value) in found)
        {
            call.Reply.WriteBulk(name);
            call.Reply.WriteBulk(value);
        }
    }

    // CONFIG HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    // CONFIG RESETSTAT: what metrics show never goes back, so INFO counts from here on.
    public static void ResetStatistics(in LocalCall call)
    {
        call.Session.Loop.Info.CountsSince = call.Session.Loop.Info.TakeSnapshot();
        call.Reply.WriteOk();
    }

    private static IEnumerable<(string Name, string Value)> Parameters(PoolDefinition pool, LiveSettings settings)
    {
        string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
        yield return ("appendonly", "no");
        yield return ("bind", string.Join(' ', pool.Listen.OfType<IPEndPoint>().Select(address => address.Address.ToString()).Distinct()));
        yield return ("databases", Number(pool.Databases));
        yield return ("latency-monitor-threshold", Number(settings.LatencyThresholdMs));
        yield return ("maxclients", Number(settings.MaxClientsOf(pool)));
        yield return ("maxmemory", "0");
        yield return ("maxmemory-policy", "noeviction");
        yield return ("port", Number(pool.Listen.OfType<IPEndPoint>().FirstOrDefault()?.Port ?? 0));
        yield return ("proto-max-bulk-len", Number(pool.MaxValue));
        yield return ("replica-read-only", "yes");
        yield return ("save", "");
        yield return ("slave-read-only", "yes");
        yield return ("slowlog-log-slower-than", Number(settings.SlowerThanMicroseconds));
        yield return ("slowlog-max-len", Number(settings.SlowLogLength));
        yield return ("timeout", Number((long)settings.IdleOf(pool).TotalSeconds));
    }
}
