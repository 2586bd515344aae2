using System.Text;
using System.Text.RegularExpressions;
using Keyway.Metrics;
using Keyway.Testing.RealServers;
using Keyway.Tests.Admin;
using Keyway.Tests.Hosting;
using Keyway.Verbs;

namespace Keyway.Tests.Contract;

/// <summary>Writes down, from the running code, what others rely on: verbs, exit codes, explain's JSON, error texts, metrics.</summary>
internal sealed partial class ContractText(TestFolder folder)
{
    private const string ExplainMap = """
        shards: { s1: { nodes: [10.0.0.1:6379] }, s2: { embedded: 7002 } }
        pools:
          main:
            listen: 127.0.0.1:6379
            partitions:
              - { prefix: "n:", by: number, ranges: { 1-100: s1 } }
              - slots: { 0-8191: s1, 8192-16383: s2 }
        """;

    private static readonly string[][] Requests =
    [
        ["PING"], ["GET", "n:1"], ["GET", "n:99"], ["SET", "n:50", "v"], ["GET", "n:50"],
        ["MGET", "n:1", "n:150"], ["MSET", "n:1", "1", "n:50", "2"], ["DEL", "n:1", "n:99"],
        ["RENAME", "n:1", "n:150"], ["GET"], ["GET", "n:1", "n:2"], ["NOSUCH", "a", "b"],
        ["SHUTDOWN"], ["REPLICAOF", "no", "one"], ["DEBUG", "SLEEP", "0"], ["CLUSTER", "MEET", "a", "1"],
        ["MULTI"], ["SUBSCRIBE", "c"], ["BLPOP", "n:1", "0"], ["SELECT", "16"], ["AUTH", "x"], ["HELLO", "4"],
        ["GET", "m:7"], ["MSETNX", "n:1", "a", "n:150", "b"], ["EVAL", "return 1", "1", "n:1"],
    ];

    private readonly StringBuilder _text = new();
    private string[] _labelValues = [];

    public string Write()
    {
        Section("Verbs");
        foreach (Verb verb in CommandLine.Verbs) Line($"keyway {verb.Usage}");
        Line("keyway --version");
        Line("keyway --help");

        Section("Exit codes");
        Line($"{ExitCode.Ok} success\n{ExitCode.Runtime} runtime\n{ExitCode.Usage} usage\n{ExitCode.Configuration} configuration");

        Section("keyway explain --json");
        folder.Write("explain.yaml", ExplainMap);
        Line(KeywayProcess.Run(folder.Path, "explain", "-c", "explain.yaml", "--json", "n:42", "n:101", "user:1").Output.TrimEnd());

        Section("Replies of the gateway");
        WriteReplies();

        Section("Metrics");
        foreach (MetricFamily family in MetricTable.All) Line($"{family.Name}{{{string.Join(',', family.Labels)}}} {Word(family.Type)}");

        // Of the labels whose values are a closed list.
        foreach (string values in _labelValues) Line(values);
        return _text.ToString();
    }

    // s1 works, s2 is not there, s3 hangs up in the middle of a request.
    private void WriteReplies()
    {
        using var rude = new StuckShard { HangUpOn = "n:50" };
        var map = new TestMap();
        string yaml = $$"""
            admin: 127.0.0.1:{{map.Admin}}
            loops: 1
            shards:
              s1: { embedded: {{map.Shard1}} }
              s2: { nodes: [127.0.0.1:{{map.Shard2}}] }
              s3: { nodes: [127.0.0.1:{{rude.Port}}] }
            pools:
              main:
                listen: 127.0.0.1:{{map.Port}}
                partitions:
                  - { prefix: "n:", by: number, ranges: { 1-49: s1, 50-60: s3, 90-: s2 } }
                  - { prefix: "m:", by: number, ranges: { 1-5: s1 } }
                  - shard: s1
            """;
        folder.Write("keyway.yaml", yaml);
        using KeywayProcess keyway = KeywayProcess.Start(folder.Path, "run", "-c", "keyway.yaml").WaitUntilReady();

        // What the gateway has already noticed of a lost shard must not differ from run to run.
        Eventually.True(() => Http.Get(map.Admin, "/readyz").Text.Contains("'s2'", StringComparison.Ordinal), keyway.Describe);
        foreach (string[] request in Requests)
        {
            Eventually.True(() => !Http.Get(map.Admin, "/readyz").Text.Contains("'s3'", StringComparison.Ordinal), keyway.Describe);
            using RespClient client = RespClient.Connect(map.Port);
            client.Send(request);
            string reply = client.ReadRawText();
            string shown = reply.TrimEnd().Replace("\r\n", "\\r\\n", StringComparison.Ordinal);
            Line($"{string.Join(' ', request)}\n  {Loopback().Replace(shown, "ADDRESS")}");
        }

        _labelValues = LabelValues(Http.Get(map.Admin, "/metrics").Text);
    }

    private static string Word(MetricType type) => type.ToString().ToLowerInvariant();

    private static string[] LabelValues(string page) =>
    [
        .. ClosedLabel().Matches(page)
            .GroupBy(match => $"{match.Groups["name"].Value} {match.Groups["label"].Value}", match => match.Groups["value"].Value)
            .Select(group => $"{group.Key}: {string.Join('|', group.Distinct().Order(StringComparer.Ordinal))}"),
    ];

    [GeneratedRegex("(?m)^(?<name>[a-z_]+)\\{.*(?<label>result|kind|generation|le)=\"(?<value>[^\"]*)\"\\}")]
    private static partial Regex ClosedLabel();

    private void Section(string name) => _text.Append(_text.Length > 0 ? "\n" : "").Append("# ").Append(name).Append('\n');

    private void Line(string line) => _text.Append(line.ReplaceLineEndings("\n")).Append('\n');

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Loopback();
}
