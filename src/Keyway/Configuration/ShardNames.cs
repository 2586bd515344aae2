namespace Keyway.Configuration;

/// <summary>The declared shards: resolves a name to its index, and remembers which are used.</summary>
internal sealed class ShardNames
{
    private readonly Problems _problems;
    private readonly string[] _names;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public ShardNames(Problems problems, string[] names)
    {
        _problems = problems;
        _names = names;
        foreach (string name in names) _indexes.TryAdd(name, _indexes.Count);
    }

    public IReadOnlyList<string> All => _names;

    public bool IsUsed(string name) => _used.Contains(name);

    /// <returns>-1 for an unknown shard, which is reported.</returns>
    public int Resolve(ConfigNode node)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } scalar when _indexes.TryGetValue(scalar.Text, out int index):
                _used.Add(scalar.Text);
                return index;
            case ScalarNode { IsNull: false } scalar:
                _problems.Error(scalar.At, $"unknown shard '{scalar.Text}'", Suggestion.For(scalar.Text, _names, "shards"));
                return -1;
            case RefusedNode:
                return -1;
            default:
                _problems.Error(node.At, "the name of a shard is missing here",
                    _names.Length == 0 ? "declare one under `shards:`" : $"write one of {string.Join(", ", _names.Take(20))}");
                return -1;
        }
    }
}
