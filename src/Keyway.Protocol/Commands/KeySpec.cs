namespace Keyway.Protocol.Commands;

/// <summary>Where some of a command's keys stand, in the terms of COMMAND INFO: how their first one is found, then how the rest.</summary>
public sealed record KeySpec(KeySearch Search, KeySpan Span, KeyAccess Access)
{
    /// <summary>A remark for people.</summary>
    public string? Note { get; init; }

    /// <summary>The argument with which the search begins: the first key, or where the keyword is looked for (from the end if negative).</summary>
    public int Start { get; init; }

    /// <summary>The keys begin behind this word.</summary>
    public string Keyword { get; init; } = "";

    /// <summary>Of a range: the last key, relative to the first, or to the number of arguments if negative.</summary>
    public int LastKey { get; init; }

    /// <summary>From one key to the next.</summary>
    public int Step { get; init; } = 1;

    /// <summary>Of a range with LastKey -1: keys are only the first of so many parts of what is left. 0 and 1 mean all of it.</summary>
    public int Share { get; init; }

    /// <summary>Of a counted range: where the number of keys stands, relative to where the search ended.</summary>
    public int NumberAt { get; init; }

    /// <summary>Of a counted range: where the first key stands, relative to where the search ended.</summary>
    public int FirstKey { get; init; }
}
