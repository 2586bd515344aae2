using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Server;

/// <summary>DEBUG, as far as tests of servers and clients use it.</summary>
internal static class DebugCommand
{
    private static readonly string[] HelpLines =
    [
        "ERROR <string>",
        "    Answer an error with this text.",
        "LOG <message>",
        "    Write the message to the server's log.",
        "OBJECT <key>",
        "    Show how the value of a key lies in memory.",
        "POPULATE <count> [<prefix>] [<size>]",
        "    Create string keys named key:<num>, or <prefix>:<num>.",
        "PROTOCOL <type>",
        "    Answer a value of this type: string, integer, double, bignum, null, array, set, map,",
        "    attrib, push, verbatim, true, false.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    With 0, keys expire only when somebody looks at them.",
        "SLEEP <seconds>",
        "    Stop the server for so long. Decimals allowed.",
    ];

    // DEBUG subcommand [argument ...]
    public static void Debug(ref CommandContext context)
    {
        ReadOnlySpan<byte> subcommand = context.Arguments[1];
        int count = context.Arguments.Count;
        if (count == 2 && Word.Is(subcommand, "HELP"u8)) context.ReplyHelp(HelpLines);
        else if (count == 3 && Word.Is(subcommand, "SLEEP"u8)) Sleep(ref context);
        else if (count == 3 && Word.Is(subcommand, "OBJECT"u8)) Object(ref context);
        else if (count == 3 && Word.Is(subcommand, "SET-ACTIVE-EXPIRE"u8)) SetActiveExpire(ref context);
        else if (count == 3 && Word.Is(subcommand, "ERROR"u8)) context.ReplyError(context.Arguments[2]);
        else if (count == 3 && Word.Is(subcommand, "LOG"u8)) Log(ref context);
        else if (count == 3 && Word.Is(subcommand, "PROTOCOL"u8)) DebugProtocol.Answer(ref context);
        else if (count is >= 3 and <= 5 && Word.Is(subcommand, "POPULATE"u8)) Populate(ref context);
        else context.ReplyUnknownSubcommand();
    }

    // DEBUG SLEEP seconds
    private static void Sleep(ref CommandContext context)
    {
        bool isNumber = double.TryParse(Encoding.ASCII.GetString(context.Arguments[2]), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        if (isNumber && seconds > 0)
        {
            // That everything stands still is what was asked for.
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromSeconds(Math.Min(seconds, 3600)));
            context.Server.BeginBatch();
        }

        context.ReplyOk();
    }

    // DEBUG OBJECT key
    private static void Object(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[2]);
        if (!place.Exists)
        {
            context.ReplyNoSuchKey();
            return;
        }

        Entry entry = place.Entry;
        AccessClock access = context.Databases.Access;
        long length = StringText.LengthOf(entry) + 1;
        string text = $"Value at:{Address(entry)} refcount:{ObjectCommands.ReferencesOf(context.Server, entry)} encoding:{Encoding.ASCII.GetString(KeyCommands.EncodingOf(entry))} "
            + $"serializedlength:{length} lru:{entry.AccessBits} lru_seconds_idle:{access.IdleSeconds(entry)}";
        context.ReplySimple(Encoding.ASCII.GetBytes(text));
    }

    private static unsafe string Address(Entry entry) => $"0x{(nuint)entry.Block:x}";

    // DEBUG SET-ACTIVE-EXPIRE 0|1
    private static void SetActiveExpire(ref CommandContext context)
    {
        context.Server.Expiry.IsActive = !context.Arguments[2].SequenceEqual("0"u8);
        context.ReplyOk();
    }

    // DEBUG LOG message
    private static void Log(ref CommandContext context)
    {
        string message = Encoding.UTF8.GetString(context.Arguments[2]);
        ShardLog.DebugLog(context.Server.Logger, new string([.. message.Take(256).Select(c => char.IsControl(c) ? '?' : c)]));
        context.ReplyOk();
    }

    // DEBUG POPULATE count [prefix] [size]
    private static void Populate(ref CommandContext context)
    {
        long size = 0;
        if (!context.TryReadInteger(2, out long count)) return;
        if (context.Arguments.Count == 5 && !context.TryReadInteger(4, out size)) return;
        if (size < 0 || !context.FitsLengthLimit(size, 0)) return;

        string prefix = context.Arguments.Count > 3 ? Encoding.UTF8.GetString(context.Arguments[3]) : "key";
        for (long i = 0; i < count; i++)
        {
            byte[] key = Encoding.UTF8.GetBytes($"{prefix}:{i}");
            Place place = context.Keyspace.Find(key);
            if (place.Exists) continue;

            // "value:7", filled with zeros or cut to the size, if there is one.
            byte[] value = Encoding.ASCII.GetBytes($"value:{i}");
            if (size > 0) Array.Resize(ref value, (int)size);
            context.Keyspace.SetString(place, value, Database.NoExpiry);
        }

        context.ReplyOk();
    }
}
