namespace Keyway.Differential.Reports;

/// <summary>Which file a finding goes to when they are written to a directory.</summary>
internal static class Owners
{
    public static string Of(Finding finding)
    {
        string command = finding.Command.Split(' ')[0];
        string groups = finding.Sequence.Groups;
        if (groups is "transactions" or "blocking" or "pubsub" or "events" or "clients") return groups == "events" ? OfCommand(command, "events") : "sessions";
        return OfCommand(command, groups.Split(',')[0]);
    }

    private static string OfCommand(string command, string otherwise)
    {
        if (command.StartsWith("state", StringComparison.Ordinal)) return otherwise;
        if (command.StartsWith("PF", StringComparison.Ordinal)) return "hll";
        if (command.StartsWith("GEO", StringComparison.Ordinal)) return "geo";
        if (command.StartsWith("BIT", StringComparison.Ordinal) || command is "SETBIT" or "GETBIT") return "bitmaps";
        if (command is "CLIENT" or "MULTI" or "EXEC" or "DISCARD" or "WATCH" or "UNWATCH" or "RESET" or "HELLO" or "AUTH") return "sessions";
        if (command is "CONFIG" or "INFO" or "MEMORY" or "SLOWLOG" or "LATENCY" or "DEBUG" or "COMMAND") return "server";
        if (command is "DUMP" or "RESTORE" or "SORT" or "SORT_RO" or "OBJECT" or "COPY" or "RENAME" or "SCAN" or "KEYS" or "DEL") return "keys";
        if (command is "SADD" or "SREM" or "SMOVE" or "SPOP" or "SCARD" or "SMEMBERS" or "SISMEMBER" or "SMISMEMBER" or "SRANDMEMBER" or "SSCAN"
            || command.StartsWith("SINTER", StringComparison.Ordinal) || command.StartsWith("SUNION", StringComparison.Ordinal) || command.StartsWith("SDIFF", StringComparison.Ordinal)) return "sets";
        return command[0] switch
        {
            'H' => "hashes",
            'Z' => "zsets",
            'X' => "streams",
            'L' or 'R' when command.Contains("PUSH", StringComparison.Ordinal) || command.Contains("POP", StringComparison.Ordinal) || command[0] == 'L' => "lists",
            'B' => "sessions",
            _ => otherwise is "string" ? "strings" : otherwise,
        };
    }
}
