using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keyway.Configuration;

/// <summary>
/// Writes config/keyway.schema.json from the option table, for editors. It can say less than the loader checks: that a shard is
/// declared, or that slots have no gap, only `keyway check` knows.
/// </summary>
internal static class SchemaWriter
{
    private const string DurationPattern = "^[0-9]+(ms|s|m)?$";
    private const string SizePattern = "^[0-9]+([kKmMgG]?[bB]?)$";
    private const string NumberPattern = "^(0|[1-9][0-9]*)$";
    private const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Keyway's map",
        };
        foreach ((string name, JsonNode? value) in Group(OptionTable.Root).ToArray()) schema[name] = value?.DeepClone();

        var definitions = new JsonObject();
        foreach (OptionGroup group in OptionTable.Groups) definitions[group.Name] = Group(group);
        schema["definitions"] = definitions;
        return schema.ToJsonString(Format) + "\n";
    }

    private static JsonObject Group(OptionGroup group)
    {
        var properties = new JsonObject();
        foreach (Option option in group.Options) properties[option.Name] = Property(option);

        var schema = new JsonObject
        {
            ["description"] = group.Description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (group.Required.Length > 0) schema["required"] = Strings(group.Required);
        if (group.OneOf.Length > 0)
            schema["oneOf"] = new JsonArray([.. group.OneOf.Select(name => new JsonObject { ["required"] = Strings([name]) })]);
        return schema;
    }

    private static JsonObject Property(Option option)
    {
        JsonObject schema = Value(option);
        schema.Insert(0, "description", option.Description);
        if (option.Default is { } value) schema["default"] = option.Type == OptionType.Integer ? int.Parse(value, null) : value;
        return schema;
    }

    private static JsonObject Value(Option option)
    {
        switch (option.Type)
        {
            case OptionType.Flag:
                return new JsonObject { ["enum"] = new JsonArray("yes", "no", true, false) };
            case OptionType.Integer or OptionType.Port:
                return Whole(option);
            case OptionType.Duration:
                return Types("string", "integer", DurationPattern);
            case OptionType.Size:
                return Types("string", "integer", SizePattern);
            case OptionType.Choice:
                return new JsonObject { ["enum"] = Strings(option.Choices) };
            case OptionType.Ports:
                return OneOrMore(Whole(option));
            case OptionType.Addresses or OptionType.Texts:
                return OneOrMore(new JsonObject { ["type"] = "string" });
            case OptionType.Object:
                return Reference(option.Group!);
            case OptionType.Objects:
                return new JsonObject
                {
                    ["type"] = "object",
                    ["minProperties"] = 1,
                    ["propertyNames"] = option.Group == OptionTable.User
                        ? new JsonObject { ["minLength"] = 1 }
                        : new JsonObject { ["pattern"] = option.Group == OptionTable.Unit ? NumberPattern : NamePattern },
                    ["additionalProperties"] = Reference(option.Group!),
                };
            case OptionType.List:
                return new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Reference(option.Group!) };
            case OptionType.Address or OptionType.Path or OptionType.Shard or OptionType.Otherwise:
                return new JsonObject { ["type"] = "string" };
            case OptionType.Directives:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Plain() };
            case OptionType.Slots:
                return Shards("^[0-9]{1,5}(-[0-9]{1,5})?$");
            case OptionType.Ranges:
                var list = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Reference(OptionTable.Range) };
                return new JsonObject { ["oneOf"] = new JsonArray(Shards(@"^([0-9]+|[0-9]+-[0-9]*|-[0-9]+|.*\.\..*)$"), list) };
            case OptionType.Servers:
                JsonObject servers = Shards(NamePattern);
                servers["patternProperties"]![NamePattern] = new JsonObject { ["type"] = "string", ["pattern"] = "^.+:[0-9]+( [^ ]+)?$" };
                return servers;
            default:
                // A name or password of digits alone is as good as another.
                return Plain();
        }
    }

    private static JsonObject Whole(Option option)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = option.Min };
        if (option.Max < int.MaxValue) schema["maximum"] = option.Max;
        return schema;
    }

    private static JsonObject Plain() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Types(string first, string second, string pattern) =>
        new() { ["type"] = new JsonArray(first, second), ["pattern"] = pattern, ["minimum"] = 0 };

    private static JsonObject OneOrMore(JsonObject item) =>
        new() { ["oneOf"] = new JsonArray(item, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = item.DeepClone() }) };

    private static JsonObject Shards(string keys) => new()
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["additionalProperties"] = false,
        ["patternProperties"] = new JsonObject { [keys] = new JsonObject { ["type"] = "string" } },
    };

    private static JsonObject Reference(OptionGroup group) =>
        new() { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/definitions/{group.Name}" }) };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
