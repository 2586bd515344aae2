namespace Keyway.Configuration;

/// <summary>What an option's value is, for the loader and for the schema.</summary>
internal enum OptionType
{
    Text,
    Path,
    Flag,
    Integer,
    Duration,
    Size,
    Choice,

    /// <summary>host:port.</summary>
    Address,

    /// <summary>host:port or unix:path, one or a list.</summary>
    Addresses,
    Port,
    Ports,
    Texts,

    /// <summary>The name of a shard of the map.</summary>
    Shard,

    /// <summary>"next" or the name of a shard.</summary>
    Otherwise,

    /// <summary>One mapping with options of its own.</summary>
    Object,

    /// <summary>A mapping of names to such mappings.</summary>
    Objects,

    /// <summary>A list of such mappings.</summary>
    List,

    /// <summary>redis.conf directives.</summary>
    Directives,

    /// <summary>0-5460: s1.</summary>
    Slots,

    /// <summary>1-20000: s1 or ..2025: s1, or the list form.</summary>
    Ranges,

    /// <summary>s1: "host:port:weight name".</summary>
    Servers,
}
