using System.Text;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO: Redis's sections and fields in its order.</summary>
internal static class InfoCommand
{
    private static readonly (string Name, bool IsDefault, Action<StringBuilder, ShardServer> Write)[] Sections =
    [
        ("server", true, InfoServer.WriteServer),
        ("clients", true, InfoServer.WriteClients),
        ("memory", true, InfoMemory.Write),
        ("persistence", true, InfoPersistence.Write),
        ("stats", true, InfoStats.WriteStats),
        ("replication", true, InfoReplication.Write),
        ("cpu", true, InfoServer.WriteCpu),
        ("modules", true, static (text, _) => text.Append("# Modules\r\n")),
        ("commandstats", false, InfoCalls.WriteCommands),
        ("errorstats", true, InfoCalls.WriteErrors),
        ("latencystats", false, InfoCalls.WriteLatencies),
        ("cluster", true, static (text, _) => text.Append("# Cluster\r\ncluster_enabled:0\r\n")),
        ("keyspace", true, InfoServer.WriteKeyspace),
    ];

    /// <summary>Not Redis's, so not part of "all".</summary>
    private const string OwnSection = "keyway";

    // INFO [section [section ...]]
    public static void Info(ref CommandContext context)
    {
        var asked = new HashSet<string>();
        for (int i = 1; i < context.Arguments.Count; i++) asked.Add(Encoding.Latin1.GetString(context.Arguments[i]).ToLowerInvariant());
        bool wantsDefault = asked.Count == 0 || asked.Contains("default");
        bool wantsAll = asked.Contains("all") || asked.Contains("everything");

        var text = new StringBuilder(8192);
        foreach ((string name, bool isDefault, Action<StringBuilder, ShardServer> write) in Sections)
        {
            if (!wantsAll && !(wantsDefault && isDefault) && !asked.Contains(name)) continue;
            if (text.Length > 0) text.Append("\r\n");
            write(text, context.Server);
        }

        if (asked.Contains(OwnSection))
        {
            if (text.Length > 0) text.Append("\r\n");
            InfoLoop.Write(text, context.Server);
        }

        context.ReplyVerbatim(text.ToString());
    }
}
