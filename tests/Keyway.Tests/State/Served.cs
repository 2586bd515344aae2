using Keyway.Configuration;
using Keyway.State;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.State;

/// <summary>A map as it was served, and the world as a test wants it.</summary>
internal static class Served
{
    /// <summary>Two real servers and a third, divided by slots.</summary>
    public const string Map = """
        shards:
          a: { nodes: [10.0.0.1:6379, 10.0.0.2:6379] }
          b: { nodes: [10.0.1.1:6379] }
          c: { nodes: [10.0.2.1:6379] }
        pools:
          main:
            listen: 127.0.0.1:6379
            partitions:
              - { prefix: "bull:", shard: c }
              - slots: { 0-8191: a, 8192-16383: b }
        """;

    public static ServedMap Of(string yaml) => ServedMap.Of(Maps.Load(yaml), shard => $"id-of-{shard.Name}", shard => [$"replid-of-{shard.Name}", "0000"], _ => "journal");

    /// <summary>Changes the served map as a person would edit the file, and compares.</summary>
    public static Verdict AfterEdit(TestFacts facts, params (string Old, string New)[] edits) => AfterEdit(Map, facts, edits);

    public static Verdict AfterEdit(string map, TestFacts facts, params (string Old, string New)[] edits)
    {
        string edited = map;
        foreach (var (old, @new) in edits)
        {
            Assert.Contains(old, edited);
            edited = edited.Replace(old, @new, StringComparison.Ordinal);
        }

        return StateRules.Compare(Of(map), Maps.Load(edited), facts);
    }
}
