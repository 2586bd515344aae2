using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Keyway.Topology;

namespace Keyway.State;

/// <summary>The file format of <see cref="ServedMap"/>. Its version changes with its shape: a newer file is refused, never guessed at.</summary>
internal static class ServedMapJson
{
    public const int Version = 2;

    // Without units of pools the shape is as it was before there were any.
    private const int VersionBeforeUnits = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NamePlacements, LeaveOutWhatFollows } },
    };

    private sealed record Document(int Version, ServedMap Map);

    public static byte[] Write(ServedMap map) => JsonSerializer.SerializeToUtf8Bytes(new Document(map.Pools.Any(pool => pool.Units.Count > 0) ? Version : VersionBeforeUnits, map), Format);

    /// <exception cref="JsonException">When it is no such file, or of another version.</exception>
    public static ServedMap Read(ReadOnlySpan<byte> json)
    {
        using (JsonDocument outline = JsonDocument.Parse(json.ToArray()))
        {
            if (outline.RootElement.ValueKind != JsonValueKind.Object || !outline.RootElement.TryGetProperty("version", out JsonElement version))
                throw new JsonException("it names no version");
            if (!version.TryGetInt32(out int number) || number is < VersionBeforeUnits or > Version)
                throw new JsonException($"it is of version {version}, and this program reads versions up to {Version}");
        }

        ServedMap map = (JsonSerializer.Deserialize<Document>(json, Format) ?? throw new JsonException("it is empty")).Map;
        CheckReferences(map);
        return map;
    }

    // Everything that follows trusts the rules' indexes: building each map once proves them.
    private static void CheckReferences(ServedMap map)
    {
        try
        {
            foreach (ServedPool pool in map.Pools) _ = map.MapsOf(pool).Count();
        }
        catch (ArgumentException broken)
        {
            throw new JsonException(broken.Message, broken);
        }
    }

    private static void NamePlacements(JsonTypeInfo type)
    {
        if (type.Type != typeof(Placement)) return;

        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "by",
            DerivedTypes =
            {
                new JsonDerivedType(typeof(Placement.Slots), "slots"),
                new JsonDerivedType(typeof(Placement.Number), "number"),
                new JsonDerivedType(typeof(Placement.Text), "text"),
                new JsonDerivedType(typeof(Placement.Single), "shard"),
                new JsonDerivedType(typeof(Placement.Twemproxy), "twemproxy"),
            },
        };
    }

    private static void LeaveOutWhatFollows(JsonTypeInfo type)
    {
        if (type.Type == typeof(ServedPool) && type.Properties.FirstOrDefault(property => property.Name == "units") is { } units)
            units.ShouldSerialize = (_, value) => value is IReadOnlyList<ServedUnit> { Count: > 0 };

        // Computed from the others, and not to be read back.
        if (type.Type != typeof(ServedShard)) return;
        if (type.Properties.FirstOrDefault(property => property.Name == "isIncluded") is { } computed) type.Properties.Remove(computed);
    }
}
