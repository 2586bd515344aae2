using System.Text;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>
/// CONFIG SET of what the gateway itself has. All of it changes or nothing does. Where data lives and what a host does with it is none of a client's
/// business: any other parameter is refused like the commands of that kind.
/// </summary>
internal static class ConfigSet
{
    private sealed record Parameter(string Name, long Least, long Most, Func<LiveSettings, string, long, LiveSettings> Change);

    private static readonly Parameter[] Parameters =
    [
        new("maxclients", 1, uint.MaxValue, (settings, pool, value) => settings with { MaxClients = settings.MaxClients.SetItem(pool, (int)Math.Min(value, int.MaxValue)) }),
        new("timeout", 0, int.MaxValue, (settings, pool, value) => settings with { Idle = settings.Idle.SetItem(pool, TimeSpan.FromSeconds(value)) }),
        new("slowlog-log-slower-than", -1, long.MaxValue, (settings, _, value) => settings with { SlowerThanMicroseconds = value }),
        new("slowlog-max-len", 0, long.MaxValue, (settings, _, value) => settings with { SlowLogLength = Math.Min(value, MostSlowRequests) }),
        new("latency-monitor-threshold", 0, long.MaxValue, (settings, _, value) => settings with { LatencyThresholdMs = value }),
    ];

    // A slow log is for reading: nobody reads more, and it must not take the memory of a gateway.
    private const long MostSlowRequests = 10_000;

    // CONFIG SET parameter value [parameter value ...]
    public static void Set(in LocalCall call)
    {
        Arguments arguments = call.Arguments;
        if (arguments.Count % 2 != 0)
        {
            call.Reply.WriteError("ERR wrong number of arguments for 'config|set' command"u8);
            return;
        }
        var changes = new List<(Parameter Parameter, long Value)>();
        for (int i = 2; i < arguments.Count; i += 2)
        {
            string name = Encoding.Latin1.GetString(arguments[i]).ToLowerInvariant();
            if (Array.Find(Parameters, one => one.Name == name) is not { } parameter)
            {
                call.Reply.WriteError("ERR command 'config set' is refused by this gateway"u8);
                return;
            }
            string? wrong = changes.Exists(change => change.Parameter == parameter) ? "duplicate parameter" : null;
            if (!RespNumber.TryParseLong(arguments[i + 1], out long value)) wrong ??= "argument couldn't be parsed into an integer";
            else if (value < parameter.Least || value > parameter.Most) wrong ??= $"argument must be between {parameter.Least} and {parameter.Most} inclusive";
            if (wrong is not null)
            {
                call.Reply.WriteError($"ERR CONFIG SET failed (possibly related to argument '{name}') - {wrong}");
                return;
            }
            changes.Add((parameter, value));
        }
        GatewayInfo info = call.Session.Loop.Info;
        string pool = call.Session.Pool.Definition.Name;
        info.Change(settings => changes.Aggregate(settings, (sum, change) => change.Parameter.Change(sum, pool, change.Value)));
        info.Questions.AskFor(
            call.Session,
            loop =>
            {
                loop.Slow.Apply(info.Settings);
                return true;
            },
            (_, reply, _) => reply.WriteOk());
    }
}
