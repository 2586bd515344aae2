using System.Numerics;

namespace Keyway.Protocol.Commands;

/// <summary>How Redis writes flags, categories and accesses: one name a bit, in the order of the enums.</summary>
public static class CommandNames
{
    /// <summary>Kept to ourselves, as Redis does: COMMAND does not show them.</summary>
    public const CommandFlags HiddenFlags = CommandFlags.MayReplicate | CommandFlags.Protected;

    private const KeyAccess HiddenAccess = KeyAccess.Superseded;

    private static readonly string[] Flags =
    [
        "write", "readonly", "denyoom", "module", "admin", "pubsub", "noscript", "blocking", "loading", "stale", "skip_monitor", "skip_slowlog",
        "asking", "fast", "no_auth", "may_replicate", "no_mandatory_keys", "protected", "no_async_loading", "no_multi", "movablekeys", "allow_busy",
        "touches_arbitrary_keys",
    ];

    private static readonly string[] Categories =
    [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo", "stream", "pubsub", "admin",
        "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
    ];

    private static readonly string[] Accesses =
        ["RW", "RO", "OW", "RM", "access", "update", "insert", "delete", "not_key", "incomplete", "variable_flags"];

    /// <summary>All categories by name, without the @.</summary>
    public static ReadOnlySpan<string> CategoryNames => Categories;

    public static string[] Of(CommandFlags flags) => NamesOf((uint)(flags & ~HiddenFlags), Flags, "");

    /// <summary>With the @ that COMMAND puts before them.</summary>
    public static string[] Of(AclCategories categories) => NamesOf((uint)categories, Categories, "@");

    public static string[] Of(KeyAccess access) => NamesOf((uint)(access & ~HiddenAccess), Accesses, "");

    /// <returns>False for a name that servers of another version use.</returns>
    public static bool TryParseFlag(string name, out CommandFlags flag)
    {
        flag = (CommandFlags)BitOf(name, Flags);
        return flag != 0;
    }

    /// <param name="name">Without the @, in any case.</param>
    public static bool TryParseCategory(string name, out AclCategories category)
    {
        category = (AclCategories)BitOf(name, Categories);
        return category != 0;
    }

    public static bool TryParseAccess(string name, out KeyAccess access)
    {
        access = (KeyAccess)BitOf(name, Accesses);
        return access != 0;
    }

    private static string[] NamesOf(uint bits, string[] names, string prefix)
    {
        var result = new string[BitOperations.PopCount(bits)];
        for (int i = 0; bits != 0; i++)
        {
            int bit = BitOperations.TrailingZeroCount(bits);
            result[i] = prefix + names[bit];
            bits &= bits - 1;
        }
        return result;
    }

    private static uint BitOf(string name, string[] names)
    {
        int bit = Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return bit < 0 ? 0 : 1u << bit;
    }
}
