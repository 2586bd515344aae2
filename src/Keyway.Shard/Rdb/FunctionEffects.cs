using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Shard.Rdb;

/// <summary>What FUNCTION LOAD, DELETE, FLUSH and RESTORE do to libraries that this server keeps and does not run, where a journal or a master says so.</summary>
internal static class FunctionEffects
{
    private static readonly Command? Load = CommandTable.FindFullName("function|load"u8);
    private static readonly Command? Delete = CommandTable.FindFullName("function|delete"u8);
    private static readonly Command? Flush = CommandTable.FindFullName("function|flush"u8);
    private static readonly Command? Restore = CommandTable.FindFullName("function|restore"u8);

    /// <summary>False for every other command, and where it cannot be understood.</summary>
    public static bool TryApply(ShardServer server, Command command, Arguments arguments)
    {
        FunctionLibraries libraries = server.Functions;

        // FUNCTION LOAD [REPLACE] source
        if (command == Load) libraries.TryAdd(arguments[arguments.Count - 1], replaces: true);
        else if (command == Delete) libraries.Remove(arguments[2]);
        else if (command == Flush) libraries.Clear();
        else return command == Restore && TryRestore(server, arguments);
        return true;
    }

    // FUNCTION RESTORE dump [FLUSH|APPEND|REPLACE]: a dump is a part of a file, which is read as one.
    private static bool TryRestore(ShardServer server, Arguments arguments)
    {
        ReadOnlySpan<byte> dump = arguments[2];
        if (!Dump.IsSealed(dump)) return false;
        if (arguments.Count > 3 && Commands.Word.Is(arguments[3], "FLUSH"u8)) server.Functions.Clear();

        var loader = new RdbLoader(server.Databases, server.Settings, new RdbLoadOptions { Functions = server.Functions });
        try
        {
            loader.Feed("REDIS0010"u8);
            loader.Feed(dump[..^RdbFormat.DumpFooterBytes]);
            loader.Feed([0xFF, 0, 0, 0, 0, 0, 0, 0, 0]);
            return loader.IsComplete;
        }
        catch (RdbException)
        {
            // The caller says what cannot be repeated.
            return false;
        }
    }
}
