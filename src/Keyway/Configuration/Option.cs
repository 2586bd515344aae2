namespace Keyway.Configuration;

/// <summary>One key of the map: what it takes, what it is when absent, what it is for. The loader and the schema both read this.</summary>
internal sealed record Option(string Name, OptionType Type, string Description)
{
    /// <summary>As it would be written in the map; null when there is none.</summary>
    public string? Default { get; init; }

    public string[] Choices { get; init; } = [];

    public long Min { get; init; }

    public long Max { get; init; } = int.MaxValue;

    /// <summary>The options of an <see cref="OptionType.Object"/>, or of each item of Objects and List.</summary>
    public OptionGroup? Group { get; init; }

    /// <summary>An environment variable can set it: one value, or several with commas between.</summary>
    public bool IsScalar => Type is not (OptionType.Object or OptionType.Objects or OptionType.List or OptionType.Directives
        or OptionType.Slots or OptionType.Ranges or OptionType.Servers);

    public bool IsCommaList => Type is OptionType.Addresses or OptionType.Ports or OptionType.Texts;
}
