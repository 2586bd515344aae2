using System.Globalization;

namespace Keyway.Sentinel.Core;

/// <summary>What an INFO says that a sentinel wants to know.</summary>
internal sealed class InfoReport
{
    private const int RunIdLength = 40;

    private readonly List<(string Host, int Port)> _replicas = [];

    public string? RunId { get; private set; }

    /// <summary>Null where it does not say.</summary>
    public InstanceKind? Role { get; private set; }

    public IReadOnlyList<(string Host, int Port)> Replicas => _replicas;

    public long MasterLinkDownMs { get; private set; }

    public string? MasterHost { get; private set; }

    public int? MasterPort { get; private set; }

    public bool? MasterLinkUp { get; private set; }

    public int? Priority { get; private set; }

    public long? ReplicationOffset { get; private set; }

    public bool? Announced { get; private set; }

    public static InfoReport Read(string text)
    {
        var report = new InfoReport();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0) report.Take(line[..colon], line[(colon + 1)..]);
        }
        return report;
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "run_id": if (value.Length >= RunIdLength) RunId = value[..RunIdLength].ToString(); break;
            case "role" when value is "master": Role = InstanceKind.Master; break;
            case "role" when value is "slave": Role = InstanceKind.Replica; break;
            case "master_link_down_since_seconds": MasterLinkDownMs = Seconds(value); break;
            case "master_host": MasterHost = value.ToString(); break;
            case "master_port": MasterPort = (int)Number(value, ushort.MaxValue); break;
            case "master_link_status": MasterLinkUp = value.Equals("up", StringComparison.OrdinalIgnoreCase); break;
            case "slave_priority": Priority = (int)Number(value, int.MaxValue); break;
            case "slave_repl_offset": ReplicationOffset = Number(value, long.MaxValue); break;
            case "replica_announced": Announced = Number(value, int.MaxValue) != 0; break;
            default: if (IsReplicaLine(name)) TakeReplica(value); break;
        }
    }

    // slave0:ip=10.0.0.2,port=6379,state=online,offset=15,lag=1
    private static bool IsReplicaLine(ReadOnlySpan<char> name) =>
        name.StartsWith("slave") && name.Length > "slave".Length && char.IsAsciiDigit(name["slave".Length]);

    private void TakeReplica(ReadOnlySpan<char> value)
    {
        if (_replicas.Count >= SentinelConstants.MaxInstances) return;

        string? host = null;
        int port = 0;
        foreach (Range range in value.Split(','))
        {
            ReadOnlySpan<char> field = value[range];
            if (field.StartsWith("ip=")) host = field["ip=".Length..].ToString();
            else if (field.StartsWith("port=")) port = (int)Number(field["port=".Length..], ushort.MaxValue);
        }
        if (host != null && port > 0) _replicas.Add((host, port));
    }

    // A link that was never up since the server started says -1: down, and nobody knows for how long.
    private static long Seconds(ReadOnlySpan<char> value)
    {
        const long max = long.MaxValue / 1000;
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            ? Math.Clamp(seconds, -1, max) * 1000
            : 0;
    }

    private static long Number(ReadOnlySpan<char> value, long max) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? Math.Min(number, max) : 0;
}
