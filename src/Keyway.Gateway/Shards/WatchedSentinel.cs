using System.Globalization;
using System.Text;
using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>A sentinel that is asked for the master, its replicas and the other sentinels.</summary>
internal sealed class WatchedSentinel : WatchedServer
{
    // What a sentinel that lies, or has gone mad, can make us connect to.
    private const int MostNamed = 64;

    private readonly byte[] _questions;
    private bool _wantsPassword;

    public WatchedSentinel(ServerAddress server, ShardWatch watch)
        : base(server, watch)
    {
        string name = watch.Definition.MasterName!;
        var text = new StringBuilder();
        foreach (string question in new[] { "GET-MASTER-ADDR-BY-NAME", "MASTER", "REPLICAS", "SENTINELS" })
        {
            text.Append(CultureInfo.InvariantCulture, $"*3\r\n$8\r\nSENTINEL\r\n${question.Length}\r\n{question}\r\n");
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(name)}\r\n{name}\r\n");
        }
        _questions = Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The map names it: it is asked for ever.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>Null while it does not answer or does not know the master.</summary>
    public SentinelClaim? Claim { get; private set; }

    public bool Answers { get; private set; }

    public string Trouble { get; private set; } = "not asked yet";

    public IReadOnlyList<ServerAddress> Replicas { get; private set; } = [];

    public IReadOnlyList<ServerAddress> Others { get; private set; } = [];

    /// <summary>Tells at once when a master is exchanged.</summary>
    public SwitchSubscription? Subscription { get; set; }

    public long NextSubscriptionMs { get; set; }

    /// <summary>A sentinel has credentials of its own, nearly always none: ours are shown only where they are asked for.</summary>
    public LinkHandshake MakeHandshake() =>
        LinkHandshake.For(_wantsPassword ? Watch.Definition : Watch.Definition with { User = null, Password = null }, default, probe: false);

    protected override LinkHandshake Handshake() => MakeHandshake();

    protected override (byte[] Bytes, int Count) Questions() => (_questions, 4);

    protected override void NoteTrouble(string reason, FailureKind kind)
    {
        Claim = null;
        Answers = false;
        Trouble = reason;
        if (kind == FailureKind.Handshake) _wantsPassword = false;
    }

    protected override void Take(IReadOnlyList<byte[]> answers)
    {
        Claim = null;
        Answers = true;
        Trouble = "";
        if (ReplyWords.ErrorOf(answers[0]) is { } refusal)
        {
            Answers = false;
            Trouble = refusal;
            if (!refusal.StartsWith("NOAUTH", StringComparison.Ordinal) || Watch.Definition.Password is null || _wantsPassword) return;
            _wantsPassword = true;
            Stop();
            return;
        }
        List<string> address = ReplyWords.Of(answers[0]);
        if (address.Count == 2 && ServerOf(address[0], address[1]) is { } master)
            Claim = new SentinelClaim(Server, master, EpochOf(ReplyWords.Of(answers[1])));
        Replicas = ServersOf(answers[2]);
        Others = ServersOf(answers[3]);
    }

    private static long EpochOf(List<string> fields)
    {
        for (int i = 0; i + 1 < fields.Count; i += 2)
        {
            if (fields[i] == "config-epoch" && long.TryParse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)) return epoch;
        }
        return 0;
    }

    // One flat list of names and values after another, each with an ip and a port.
    private static List<ServerAddress> ServersOf(ReadOnlySpan<byte> reply)
    {
        var servers = new List<ServerAddress>();
        if (ReplyWords.ErrorOf(reply) is not null) return servers;
        List<string> fields = ReplyWords.Of(reply);
        string host = "";
        for (int i = 0; i + 1 < fields.Count && servers.Count < MostNamed; i += 2)
        {
            if (fields[i] == "ip") host = fields[i + 1];
            else if (fields[i] == "port" && ServerOf(host, fields[i + 1]) is { } server) servers.Add(server);
        }
        return servers;
    }

    private static ServerAddress? ServerOf(string host, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? ServerAddress.Of(host, number) : null;
}
