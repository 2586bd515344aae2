namespace Keyway.Shard.Rdb;

/// <summary>How a file is loaded.</summary>
internal sealed record RdbLoadOptions
{
    /// <summary>Hears of a key that was left out because its time has run out: its deletion belongs into the stream that goes on from the file.</summary>
    public delegate void ExpiredKey(int database, ReadOnlySpan<byte> key);

    /// <summary>
    /// Whether keys whose time has run out are left out. A master may; a replica must not, nor who applies more of the master's stream behind the file:
    /// for them a key ends with its DEL.
    /// </summary>
    public bool DropsExpired { get; init; } = true;

    /// <summary>Null asks for nothing.</summary>
    public ExpiredKey? OnExpired { get; init; }

    /// <summary>Whether a key that is there already takes the file's value; else the file is refused. For a file that is merged with what is there.</summary>
    public bool ReplacesKeys { get; init; }

    /// <summary>How long the file is; 0 where nobody knows. What it says of its number of keys is believed as far as so long a file could hold them.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Where libraries of functions go; null passes them over.</summary>
    public FunctionLibraries? Functions { get; init; }
}
