using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Commands.Server;

/// <summary>DEBUG, as far as tests of servers and clients use it. What would crash the server, leak, or need a file is not here.</summary>
internal static unsafe class DebugCommand
{
    private const ulong LargestPackedThreshold = 4UL * 1024 * 1024 * 1024;
    private const int LongestSleepSeconds = 3600;

    private static readonly string[] HelpLines =
    [
        "CHANGE-REPL-ID",
        "    Change the replication IDs of the instance.",
        "    Dangerous: should be used only for testing the replication subsystem.",
        "CONFIG-REWRITE-FORCE-ALL",
        "    Like CONFIG REWRITE but writes all configuration options, including",
        "    keywords not listed in original configuration file or default values.",
        "DIGEST",
        "    Output a hex signature representing the current DB content.",
        "DIGEST-VALUE <key> [<key> ...]",
        "    Output a hex signature of the values of all the specified keys.",
        "ERROR <string>",
        "    Return a Redis protocol error with <string> as message. Useful for clients",
        "    unit tests to simulate Redis errors.",
        "LOG <message>",
        "    Write <message> to the server log.",
        "HTSTATS <dbid>",
        "    Return hash table statistics of the specified Redis database.",
        "HTSTATS-KEY <key>",
        "    Like HTSTATS but for the hash table stored at <key>'s value.",
        "LOADAOF",
        "    Flush the AOF buffers on disk and reload the AOF in memory.",
        "REPLICATE <string>",
        "    Replicates the provided string to replicas, allowing data divergence.",
        "OBJECT <key>",
        "    Show low level info about `key` and associated value.",
        "POPULATE <count> [<prefix>] [<size>]",
        "    Create <count> string keys named key:<num>. If <prefix> is specified then",
        "    it is used instead of the 'key' prefix. These are not propagated to",
        "    replicas. Cluster slots are not respected so keys not belonging to the",
        "    current node can be created in cluster mode.",
        "PROTOCOL <type>",
        "    Reply with a test value of the specified type. <type> can be: string,",
        "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
        "    true, false.",
        "RELOAD [option ...]",
        "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
        "    * MERGE: conflicting keys will be loaded from RDB.",
        "    * NOFLUSH: the existing database will not be removed before load, but",
        "      conflicting keys will generate an exception and kill the server.",
        "    * NOSAVE: the database will be loaded from an existing RDB file.",
        "    Examples:",
        "    * DEBUG RELOAD: verify that the server is able to persist, flush and reload",
        "      the database.",
        "    * DEBUG RELOAD NOSAVE: replace the current database with the contents of an",
        "      existing RDB file.",
        "    * DEBUG RELOAD NOSAVE NOFLUSH MERGE: add the contents of an existing RDB",
        "      file to the database.",
        "SDSLEN <key>",
        "    Show low level SDS string info representing `key` and value.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Setting it to 0 disables expiring keys in background when they are not",
        "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
        "    default.",
        "QUICKLIST-PACKED-THRESHOLD <size>",
        "    Sets the threshold for elements to be inserted as plain vs packed nodes",
        "    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
        "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
        "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
        "SLEEP <seconds>",
        "    Stop the server for <seconds>. Decimals allowed.",
        "STRINGMATCH-TEST",
        "    Run a fuzz tester against the stringmatchlen() function.",
        "STRUCTSIZE",
        "    Return the size of different Redis core C structures.",
        "LISTPACK <key>",
        "    Show low level info about the listpack encoding of <key>.",
        "QUICKLIST <key> [<0|1>]",
        "    Show low level info about the quicklist encoding of <key>.",
        "    The optional argument (0 by default) sets the level of detail",
        "CLIENT-EVICTION",
        "    Show low level client eviction pools info (maxmemory-clients).",
        "PAUSE-CRON <0|1>",
        "    Stop periodic cron job processing.",
        "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
        "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
        "    In case NEVER is provided the last observed peak will never be reset",
        "    In case RESET is provided the peak reset time will be restored to the default value",
        "REPLYBUFFER RESIZING <0|1>",
        "    Enable or disable the reply buffer resize cron job",
    ];

    private static readonly DebugRow[] Rows =
    [
        new("help", 2, 2, &Help),
        new("sleep", 3, 3, &Sleep),
        new("error", 3, 3, &Error),
        new("log", 3, 3, &Log),
        new("protocol", 3, 3, &DebugProtocol.Answer),
        new("structsize", 2, 2, &StructSize),
        new("set-active-expire", 3, 3, &SetActiveExpire),
        new("set-skip-checksum-validation", 3, 3, &SetSkipChecksumValidation),
        new("pause-cron", 3, 3, &PauseCron),
        new("loadaof", 2, 2, &LoadJournal),
        new("reload", 2, int.MaxValue, &DebugReload.Reload),
        new("change-repl-id", 2, 2, &ChangeReplicationId),
        new("config-rewrite-force-all", 2, 2, &RewriteConfig),
        new("client-eviction", 2, 2, &ClientEviction),
        new("replicate", 3, int.MaxValue, &Replicate),
        new("quicklist-packed-threshold", 3, 3, &PackedThreshold),
        new("stringmatch-test", 2, 2, &MatchTest),
        new("replybuffer", 4, 4, &ReplyBufferSetting),
        new("object", 3, 3, &DebugKeys.Object),
        new("sdslen", 3, 3, &DebugKeys.StringLength),
        new("listpack", 3, 3, &DebugKeys.Listpack),
        new("quicklist", 3, 4, &DebugKeys.Quicklist),
        new("htstats", 3, 3, &DebugTables.Database),
        new("htstats-key", 3, 3, &DebugTables.Key),
        new("populate", 3, 5, &DebugKeys.Populate),
        new("digest", 2, 2, &DebugKeys.Digest),
        new("digest-value", 2, int.MaxValue, &DebugKeys.DigestValue),

        // Settings of what is not here, which tests set all the same.
        new("set-disable-deny-scripts", 3, 3, &Accept),
        new("aof-flush-sleep", 3, 3, &Accept),
        new("drop-cluster-packet-filter", 3, 3, &Accept),
    ];

    // DEBUG subcommand [argument ...]
    public static void Debug(ref CommandContext context)
    {
        string name = ByteText.Of(context.Arguments[1]);
        int count = context.Arguments.Count;
        foreach (DebugRow row in Rows)
        {
            if (!row.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || count < row.LeastArguments || count > row.MostArguments) continue;
            row.Run(ref context);
            return;
        }

        context.ReplyUnknownSubcommand();
    }

    private static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    private static void Accept(ref CommandContext context) => context.ReplyOk();

    // DEBUG SLEEP seconds
    private static void Sleep(ref CommandContext context)
    {
        if (RespNumber.TryParseDouble(context.Arguments[2], out double seconds) && seconds > 0)
        {
            // That everything stands still is what was asked for.
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromSeconds(Math.Min(seconds, LongestSleepSeconds)));
            context.Server.BeginBatch();
        }

        context.ReplyOk();
    }

    // DEBUG ERROR text
    private static void Error(ref CommandContext context) => context.ReplyError(context.Arguments[2]);

    // DEBUG LOG message
    private static void Log(ref CommandContext context)
    {
        string message = Encoding.UTF8.GetString(context.Arguments[2]);
        ShardLog.DebugLog(context.Server.Logger, new string([.. message.Take(256).Select(c => char.IsControl(c) ? '?' : c)]));
        context.ReplyOk();
    }

    // DEBUG STRUCTSIZE
    private static void StructSize(ref CommandContext context) => context.ReplySimple("bits:64 entry:16 expiry:16 slot:8 bucket:64 slab:65536 region:1048576 "u8);

    // DEBUG SET-ACTIVE-EXPIRE 0|1
    private static void SetActiveExpire(ref CommandContext context)
    {
        context.Server.Expiry.IsActive = IsOn(ref context);
        context.ReplyOk();
    }

    // DEBUG SET-SKIP-CHECKSUM-VALIDATION 0|1
    private static void SetSkipChecksumValidation(ref CommandContext context)
    {
        context.Server.SkipsChecksums = IsOn(ref context);
        context.ReplyOk();
    }

    // DEBUG PAUSE-CRON 0|1
    private static void PauseCron(ref CommandContext context)
    {
        context.Server.IsTickPaused = IsOn(ref context);
        context.ReplyOk();
    }

    // DEBUG LOADAOF
    private static void LoadJournal(ref CommandContext context)
    {
        if (context.Server.Aof.TryReload(out string reason)) context.ReplyOk();
        else context.ReplyError($"ERR Error trying to load the AOF: {reason}");
    }

    // DEBUG CHANGE-REPL-ID
    private static void ChangeReplicationId(ref CommandContext context)
    {
        context.Server.ChangeReplicationId();
        context.ReplyOk();
    }

    // DEBUG CONFIG-REWRITE-FORCE-ALL
    private static void RewriteConfig(ref CommandContext context)
    {
        string file = context.Server.Options.File;
        string reason = "Bad address";       // as where there is no file
        if (file.Length > 0 && ConfRewrite.TryRewrite(file, context.Server.Settings, out reason, isForced: true)) context.ReplyOk();
        else context.ReplyError($"ERR CONFIG-REWRITE-FORCE-ALL failed: {reason}");
    }

    // DEBUG CLIENT-EVICTION
    private static void ClientEviction(ref CommandContext context)
    {
        if (context.Server.ClientEvictor.IsOn) context.ReplyVerbatim(context.Server.ClientEvictor.Describe());
        else context.ReplyError("ERR maxmemory-clients is disabled."u8);
    }

    // DEBUG REPLICATE word [word ...]
    private static void Replicate(ref CommandContext context)
    {
        if (context.Propagation.BeginReplacement(context.Arguments.Count - 2, changes: 0))
        {
            for (int i = 2; i < context.Arguments.Count; i++) context.Propagation.Add(context.Arguments[i]);
            context.Propagation.EndReplacement(context.Keyspace.Index);
        }

        context.ReplyOk();
    }

    // DEBUG QUICKLIST-PACKED-THRESHOLD size
    private static void PackedThreshold(ref CommandContext context)
    {
        if (!MemorySize.TryParse(ByteText.Of(context.Arguments[2]), out ulong bytes) || bytes > LargestPackedThreshold)
        {
            context.ReplyError("ERR argument must be a memory value bigger than 1 and smaller than 4gb"u8);
            return;
        }

        context.Databases.Values.ListLimits = context.Databases.Values.ListLimits.WithAloneFrom((long)bytes);
        context.ReplyOk();
    }

    // DEBUG STRINGMATCH-TEST
    private static void MatchTest(ref CommandContext context)
    {
        var random = new Random(1);
        Span<byte> pattern = stackalloc byte[32];
        Span<byte> text = stackalloc byte[32];
        ReadOnlySpan<byte> letters = "ab*?[]\\-^"u8;
        for (int round = 0; round < 10_000; round++)
        {
            for (int i = 0; i < pattern.Length; i++) (pattern[i], text[i]) = (letters[random.Next(letters.Length)], letters[random.Next(letters.Length)]);
            GlobPattern.Matches(pattern[..random.Next(pattern.Length)], text[..random.Next(text.Length)], ignoreCase: round % 2 == 0);
        }

        context.ReplySimple("Apparently Redis did not crash: test passed"u8);
    }

    // DEBUG REPLYBUFFER PEAK-RESET-TIME NEVER|RESET|milliseconds, DEBUG REPLYBUFFER RESIZING 0|1: replies' buffers here follow their content at once.
    private static void ReplyBufferSetting(ref CommandContext context)
    {
        bool isTime = Word.Is(context.Arguments[2], "PEAK-RESET-TIME"u8);
        bool isWord = Word.Is(context.Arguments[3], "NEVER"u8) || Word.Is(context.Arguments[3], "RESET"u8);
        if (!isTime && !Word.Is(context.Arguments[2], "RESIZING"u8)) context.ReplyUnknownSubcommand();
        else if (!isTime || isWord || context.TryReadInteger(3, out _)) context.ReplyOk();
    }

    // As C's atoi: what is no number is zero.
    private static bool IsOn(ref CommandContext context) => RespNumber.TryParseLong(context.Arguments[2], out long number) && number != 0;
}
