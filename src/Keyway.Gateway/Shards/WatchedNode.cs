using System.Globalization;
using System.Text;
using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>A data server that is asked for its role, its history and how far it is.</summary>
internal sealed class WatchedNode(ServerAddress server, ShardWatch watch) : WatchedServer(server, watch)
{
    private static readonly byte[] All = "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nROLE\r\n*2\r\n$4\r\nINFO\r\n$11\r\nreplication\r\n"u8.ToArray();

    public NodeReport Report { get; private set; } = new(server);

    /// <summary>The map or a sentinel names it still.</summary>
    public bool IsNamed { get; set; } = true;

    /// <summary>As a replica: it had all that its master had acknowledged by then; 0 when that was never seen.</summary>
    public long CaughtUpTicks { get; set; }

    protected override LinkHandshake Handshake() => LinkHandshake.For(Watch.Definition, default, probe: false);

    protected override (byte[] Bytes, int Count) Questions() => (All, 3);

    protected override void NoteTrouble(string reason, FailureKind kind) =>
        Report = Report with { Answered = false, Trouble = reason, TroubleKind = kind };

    protected override void Take(IReadOnlyList<byte[]> answers)
    {
        string? ping = ReplyWords.ErrorOf(answers[0]);
        string? roleError = ReplyWords.ErrorOf(answers[1]);
        List<string> role = roleError is null ? ReplyWords.Of(answers[1]) : [];
        Dictionary<string, string> info = answers[2][0] == '$' && ReplyWords.Of(answers[2]) is [var text, ..] ? ReplyWords.Fields(text) : [];
        string? name = role.Count > 0 ? role[0] : info.GetValueOrDefault("role");
        if (name is not ("master" or "slave"))
        {
            string why = name is not null ? $"it is a {name}" : roleError ?? "it does not say what it is";
            Report = new NodeReport(Server) { Trouble = why, TroubleKind = roleError is null ? FailureKind.Protocol : FailureKind.Handshake };
            return;
        }

        bool isMaster = name == "master";
        bool isLoading = ping?.StartsWith("LOADING", StringComparison.Ordinal) == true;
        bool isRefused = ping?.StartsWith("NOAUTH", StringComparison.Ordinal) == true || ping?.StartsWith("NOPERM", StringComparison.Ordinal) == true;
        Report = new NodeReport(Server)
        {
            AskedTicks = AskedTicks,
            Answered = true,
            Trouble = isLoading ? "is loading its data" : isRefused ? ping : null,
            TroubleKind = isLoading ? FailureKind.Loading : FailureKind.Handshake,
            IsMaster = isMaster,
            History = Id(info, "master_replid"),
            FormerHistory = Id(info, "master_replid2"),
            Offset = Number(info, isMaster ? "master_repl_offset" : "slave_repl_offset"),
            IsLinked = info.TryGetValue("master_link_status", out string? status) ? status == "up" : role.Count > 3 && role[3] == "connected",
            HasData = info.GetValueOrDefault("master_sync_in_progress") != "1" && (info.Count == 0 || Number(info, "slave_repl_offset") > 0),
            Follows = isMaster || role.Count < 3 || !int.TryParse(role[2], NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? null : ServerAddress.Of(role[1], port),
        };
    }

    // Zeros stand for none.
    private static string Id(Dictionary<string, string> info, string name)
    {
        string id = info.GetValueOrDefault(name, "");
        return id.Trim('0').Length == 0 || id.Length > 64 ? "" : id;
    }

    private static long Number(Dictionary<string, string> info, string name) =>
        long.TryParse(info.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
