namespace Keyway.Configuration;

/// <summary>The keys that one kind of mapping in the map may hold.</summary>
internal sealed record OptionGroup(string Name, string Description, params Option[] Options)
{
    /// <summary>Keys of which exactly one must be there: a shard is of one kind.</summary>
    public string[] OneOf { get; init; } = [];

    public string[] Required { get; init; } = [];

    public Option? Find(string name) => Array.Find(Options, option => option.Name == name);
}
