namespace Keyway.Protocol.Commands;

/// <summary>What Redis answers to requests whose keys cannot be told. Each command looks at its arguments in its own order and words.</summary>
internal static class KeyErrors
{
    public const string Syntax = "ERR syntax error";
    public const string NotInteger = "ERR value is not an integer or out of range";
    public const string TimeoutNotInteger = "ERR timeout is not an integer or out of range";
    public const string TimeoutNegative = "ERR timeout is negative";
    public const string UnbalancedStreams = "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.";
    public const string MissingGroup = "ERR Missing GROUP option for XREADGROUP";
    public const string MigrateKeyNotEmpty = "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string";

    private const string NotPositive = "ERR numkeys should be greater than 0";
    private const string MoreThanArguments = "ERR Number of keys can't be greater than number of args";
    private const string Negative = "ERR Number of keys can't be negative";
    private const string NoScript = "NOSCRIPT No matching script. Please use EVAL.";
    private const int ShaLength = 40;

    public static string WrongArity(Command row) => $"ERR wrong number of arguments for '{row.Name}' command";

    public static string OnlyOfGroups(string option) => $"ERR The {option} option is only supported by XREADGROUP. You called XREAD instead.";

    /// <summary>For a number of keys that is none, too small or too large.</summary>
    public static string BadCount(Command row, in Arguments arguments, bool isNumber, long count)
    {
        switch (row.Name)
        {
            case "evalsha" or "evalsha_ro" when arguments[1].Length != ShaLength:
                return NoScript;
            case "eval" or "eval_ro" or "evalsha" or "evalsha_ro":
                return OfScript(isNumber, count, NotInteger);
            case "fcall" or "fcall_ro":
                return OfScript(isNumber, count, "ERR Bad number of keys provided");
            case "sintercard":
                return isNumber && count > 0 ? MoreThanArguments : NotPositive;
            case "lmpop" or "zmpop" or "blmpop" or "bzmpop":
                return isNumber && count > 0 ? Syntax : NotPositive;
            default:
                if (!isNumber) return NotInteger;
                return count > 0 ? Syntax : $"ERR at least 1 input key is needed for '{row.Name}' command";
        }
    }

    private static string OfScript(bool isNumber, long count, string notNumber)
    {
        if (!isNumber) return notNumber;
        return count < 0 ? Negative : MoreThanArguments;
    }
}
