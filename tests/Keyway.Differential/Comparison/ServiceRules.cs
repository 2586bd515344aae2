using System.Text.RegularExpressions;
using Keyway.Differential.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>Replies about the process, its memory and its clients: what is left of them when addresses, sizes and times are masked.</summary>
internal static partial class ServiceRules
{
    // What of a client's line is the same on two servers.
    private static readonly HashSet<string> ClientFields = ["name", "db", "sub", "psub", "ssub", "multi", "cmd", "user", "resp", "redir"];

    public static bool Matches(Call call, RespValue expected, RespValue actual) => call.Verb switch
    {
        Verb.Time => actual.Count == 2 && actual.Items.All(part => long.TryParse(part.Text, out _)),
        Verb.Lastsave or Verb.Lolwut => true,
        Verb.Role => IsSameRole(expected, actual),
        Verb.Info => InfoShape(expected.Text) == InfoShape(actual.Text),
        Verb.Hello => IsSameButIds(expected, actual),
        Verb.Memory => call.Name is "MEMORY USAGE" or "MEMORY STATS" or "MEMORY DOCTOR" or "MEMORY MALLOC-STATS",
        Verb.Object => call.Name is "OBJECT IDLETIME" or "OBJECT FREQ",
        Verb.Latency => call.Name is "LATENCY DOCTOR" or "LATENCY LATEST" or "LATENCY HISTOGRAM",
        Verb.Slowlog => call.Name == "SLOWLOG GET" && SlowEntries(expected).SequenceEqual(SlowEntries(actual)),
        Verb.Client => call.Name == "CLIENT ID" || (call.Name is "CLIENT LIST" or "CLIENT INFO" && ClientLines(expected.Text) == ClientLines(actual.Text)),
        Verb.Config => call.Name == "CONFIG GET" && Settings(expected).SequenceEqual(Settings(actual)),
        Verb.Command => call.Name switch
        {
            "COMMAND" => IsPartOf(expected, actual),
            "COMMAND INFO" when call.Words.Length == 2 => IsPartOf(expected, actual),
            "COMMAND COUNT" => actual.Integer > 0 && actual.Integer <= expected.Integer,
            "COMMAND LIST" when call.Words.Length == 2 => expected.Texts.ToHashSet().IsSupersetOf(actual.Texts),
            "COMMAND LIST" or "COMMAND INFO" => IsSameInAnyOrder(expected, actual),
            _ => false,
        },
        Verb.Debug => call.Name switch
        {
            "DEBUG OBJECT" => MaskedObject(expected.Text) == MaskedObject(actual.Text),
            "DEBUG HTSTATS-KEY" => true,
            _ => false,
        },
        _ => false,
    };

    /// <summary>A line of MONITOR without its time and the client's address.</summary>
    public static string MaskedMonitorLine(string line) => MonitorStart().Replace(line, "+T [$1 A]");

    // [master, offset, replicas] or [slave, host, port, state of the connection, offset]
    private static bool IsSameRole(RespValue expected, RespValue actual)
    {
        if (expected.Count != actual.Count || !expected[0].Equals(actual[0]) || !expected[2].Equals(actual[2])) return false;
        return expected.Count == 3 || (expected[1].Equals(actual[1]) && actual[3].Text is "connect" or "connecting");
    }

    private static IEnumerable<string> Settings(RespValue map) => map.Items.Chunk(2).Select(pair => $"{pair[0]} {pair[1]}").Order(StringComparer.Ordinal);

    private static bool IsSameInAnyOrder(RespValue expected, RespValue actual) => Canonical(expected) == Canonical(actual);

    // All that is served is described as it should be; what is not served is not told of.
    private static bool IsPartOf(RespValue expected, RespValue actual)
    {
        var theirs = expected.Items.ToDictionary(command => command[0].Text);
        return actual.Count > 0 && actual.Items.All(command => theirs.TryGetValue(command[0].Text, out RespValue? their) && Canonical(their) == Canonical(command));
    }

    // What a key is used for is told to people in "notes". Sets of flags, categories and names come in the order of hash tables.
    private static string Canonical(RespValue value) => value.Count == 0
        ? value.ToString()
        : $"{value.Kind}[{string.Join(',', value.Items.Where((item, i) => (i == 0 || value[i - 1].Text != "notes") && !IsUnserved(item)).Select(Canonical).Order(StringComparer.Ordinal))}]";

    private static bool IsUnserved(RespValue command) => command.Count == 10 && NotServedYet.Names(command[0].Text);

    private static string InfoShape(string text) => string.Join('\n', text.Split("\r\n")
        .Where(line => line.StartsWith('#') || line.StartsWith("db", StringComparison.Ordinal))
        .Select(line => line.Split(",avg_ttl")[0]));

    private static bool IsSameButIds(RespValue expected, RespValue actual)
    {
        if (expected.Count != actual.Count) return false;
        for (int i = 0; i < expected.Count; i++)
        {
            bool isId = i > 0 && expected[i - 1].Text == "id";
            if (!isId && !expected[i].Equals(actual[i])) return false;
        }

        return true;
    }

    // [id, time, microseconds, words, address, name]
    private static IEnumerable<string> SlowEntries(RespValue entries) => entries.Items.Select(entry => $"{entry.Count} {entry[3]} {entry[5]}");

    // In any order: redis-server looks after its clients in turns by the clock, and moves them as it does.
    private static string ClientLines(string text) => string.Join('\n', text.Split('\n')
        .Select(line => string.Join(' ', line.Split(' ').Where(field => ClientFields.Contains(field.Split('=')[0])).Append(FlagsOf(line))))
        .Order(StringComparer.Ordinal));

    // All but whether it came over a Unix socket, which is the two servers' own affair ("N" is for none).
    private static string FlagsOf(string line) => line.Split(' ').FirstOrDefault(field => field.StartsWith("flags=", StringComparison.Ordinal), "").Replace("U", "").Replace("N", "");

    private static string MaskedObject(string text) => ObjectDetails().Replace(text, "$1:?");

    [GeneratedRegex(@"^\+[0-9]+\.[0-9]{6} \[([0-9]+) [^\]]*\]")]
    private static partial Regex MonitorStart();

    [GeneratedRegex(@"(at|lru|lru_seconds_idle|serializedlength|ql_[a-z_]+):[^ ]*")]
    private static partial Regex ObjectDetails();
}
