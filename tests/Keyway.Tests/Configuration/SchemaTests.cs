using System.Text.Json.Nodes;
using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class SchemaTests
{
    private static readonly string CheckedIn = File.ReadAllText(Path.Combine(SourceTree.Root, "config", "keyway.schema.json"));

    [Fact]
    public void The_checked_in_schema_is_what_the_option_table_says() => Assert.Equal(SchemaWriter.Write(), CheckedIn);

    [Fact]
    public void Every_key_is_described()
    {
        foreach (OptionGroup group in OptionTable.Groups.Append(OptionTable.Root))
        {
            Assert.All(group.Options, option => Assert.True(option.Description.Length > 10 && option.Description.EndsWith('.') || option.Description.EndsWith('>'), $"{group.Name}.{option.Name}"));
        }
    }

    /// <summary>Both directions: the loader knows every key of the schema, and no other.</summary>
    [Fact]
    public void The_loader_knows_exactly_the_schemas_keys()
    {
        JsonNode schema = JsonNode.Parse(CheckedIn)!;
        foreach (OptionGroup group in OptionTable.Groups)
            Assert.Equal(group.Options.Select(option => option.Name), schema["definitions"]![group.Name]!["properties"]!.AsObject().Select(property => property.Key));

        Assert.Equal(["admin", "loops", "data", "shards", "pools"], schema["properties"]!.AsObject().Select(property => property.Key));
    }

    [Fact]
    public void Every_key_of_the_table_is_read_and_none_is_merely_listed()
    {
        // A value that nothing can read is complained about only by a loader that looks at it.
        foreach (Option option in OptionTable.Pool.Options.Where(option => option.Type is OptionType.Integer or OptionType.Duration or OptionType.Size or OptionType.Flag or OptionType.Choice))
        {
            string[] errors = Maps.Errors(Maps.BeforePool + $"    listen: 127.0.0.1:6379\n    {option.Name}: '?'\n");
            Assert.StartsWith($"map.yaml:6:{7 + option.Name.Length}: '?' is n", Assert.Single(errors));
        }
    }

    [Fact]
    public void Choices_are_the_schemas_enums()
    {
        JsonNode pool = JsonNode.Parse(CheckedIn)!["definitions"]!["pool"]!["properties"]!;

        Assert.Equal(["learn", "known"], pool["commands"]!["enum"]!.AsArray().Select(value => (string)value!));
        Assert.Equal(["master", "prefer-replica", "replica"], pool["reads"]!["enum"]!.AsArray().Select(value => (string)value!));
        Assert.Equal(Enum.GetNames<ReadPolicy>().Length, pool["reads"]!["enum"]!.AsArray().Count);
        Assert.Equal(Enum.GetNames<MovePolicy>().Length, pool["moves"]!["enum"]!.AsArray().Count);
        Assert.Equal(Enum.GetNames<Topology.TwemproxyHash>().Select(name => name.ToLowerInvariant()), OptionTable.Hashes.Select(name => name.Replace("one_at_a_time", "oneatatime", StringComparison.Ordinal)));
    }
}
