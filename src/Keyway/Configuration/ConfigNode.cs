namespace Keyway.Configuration;

/// <summary>A piece of the YAML file with its place, before anybody asks what it means.</summary>
internal abstract class ConfigNode(Position at)
{
    public Position At { get; } = at;
}

/// <param name="text">As written, without quotes.</param>
/// <param name="plain">Not quoted: YAML could read it as a number, a date, a boolean or null.</param>
internal sealed class ScalarNode(Position at, string text, bool plain) : ConfigNode(at)
{
    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    /// <summary>Nothing, or one of YAML's words for it.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class SequenceNode(Position at) : ConfigNode(at)
{
    public List<ConfigNode> Items { get; } = [];
}

internal sealed class MappingNode(Position at) : ConfigNode(at)
{
    public List<(ScalarNode Key, ConfigNode Value)> Entries { get; } = [];
}

/// <summary>Stands where something was refused already, so that it is complained about once.</summary>
internal sealed class RefusedNode(Position at) : ConfigNode(at);
