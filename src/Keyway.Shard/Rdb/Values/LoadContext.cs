using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Values;

/// <summary>What the loaders of all kinds share.</summary>
internal sealed class LoadContext(ValueStore values, Settings settings)
{
    public ValueStore Values { get; } = values;

    public Settings Settings { get; } = settings;

    /// <summary>For a string that is looked at, or held until its value is stored.</summary>
    public RdbScratch Text { get; } = new();

    /// <summary>For a second one beside it.</summary>
    public RdbScratch Beside { get; } = new();

    public void Release()
    {
        Text.Release();
        Beside.Release();
    }
}
