namespace Keyway.Differential.Commands;

/// <summary>
/// Commands of Redis 7.0 that a shard does not serve yet, each with its reason. Requests for them are not sent while the contestant's COMMAND does not
/// list them, and where COMMAND tells of other commands these are left out; everything else is sent, and an "unknown command" is a difference.
/// </summary>
internal static class NotServedYet
{
    private const string Cluster = "a shard is no node of a Redis Cluster";
    private const string Caching = "client-side caching is not built";

    public static readonly Dictionary<string, string> Reasons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["acl|whoami"] = "access lists are not built",
        ["asking"] = Cluster,
        ["client|caching"] = Caching,
        ["client|tracking"] = Caching,
        ["cluster|help"] = Cluster,
        ["cluster|info"] = Cluster,
        ["cluster|keyslot"] = Cluster,
        ["migrate"] = "moving keys to another server is not built",
        ["readonly"] = Cluster,
        ["readwrite"] = Cluster,
    };

    public static bool Names(string command) => Reasons.ContainsKey(command);
}
