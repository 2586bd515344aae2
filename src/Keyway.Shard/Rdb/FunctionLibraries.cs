namespace Keyway.Shard.Rdb;

/// <summary>
/// Libraries of functions as their sources, in the order in which they came. This server does not run them, but what it has loaded it hands on whole: a
/// file that it writes holds them as the one that it has read.
/// </summary>
internal sealed class FunctionLibraries
{
    private readonly List<byte[]> _sources = [];

    public IReadOnlyList<byte[]> Sources => _sources;

    /// <summary>The name in the first line, as in "#!lua name=mylib"; empty where it has none.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> source)
    {
        int end = source.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? source : source[..end];
        if (!line.StartsWith("#!"u8)) return default;

        foreach (Range word in line.SplitAny(" \t\r"u8))
        {
            if (line[word].StartsWith("name="u8)) return line[word][5..];
        }

        return default;
    }

    /// <summary>False when there is one of that name, and it is not to be replaced.</summary>
    public bool TryAdd(ReadOnlySpan<byte> source, bool replaces)
    {
        int at = IndexOf(NameOf(source));
        if (at >= 0 && !replaces) return false;
        if (at >= 0) _sources[at] = source.ToArray();
        else _sources.Add(source.ToArray());
        return true;
    }

    /// <summary>False when there is none of that name.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        int at = IndexOf(name);
        if (at >= 0) _sources.RemoveAt(at);
        return at >= 0;
    }

    public void Clear() => _sources.Clear();

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _sources.Count; i++)
        {
            if (NameOf(_sources[i]).SequenceEqual(name)) return i;
        }

        return -1;
    }
}
