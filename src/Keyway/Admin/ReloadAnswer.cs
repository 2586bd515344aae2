using System.Text.Json;

namespace Keyway.Admin;

/// <summary>What POST /reload answers and `keyway reload` prints: {"result":"ok","file":"/…/keyway.yaml","changes":[],"problems":[]}.</summary>
internal sealed record ReloadAnswer(string Result, string File, IReadOnlyList<string> Changes, IReadOnlyList<string> Problems)
{
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("result", Result);
            json.WriteString("file", File);
            WriteList(json, "changes", Changes);
            WriteList(json, "problems", Problems);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <returns>Null when it is none: something else answers at the admin address.</returns>
    public static ReloadAnswer? TryParse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            string result = root.GetProperty("result").GetString()!;
            string file = root.GetProperty("file").GetString()!;
            return new ReloadAnswer(result, file, List(root, "changes"), List(root, "problems"));
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (string line in lines) json.WriteStringValue(line);
        json.WriteEndArray();
    }

    private static string[] List(JsonElement root, string name) => [.. root.GetProperty(name).EnumerateArray().Select(line => line.GetString()!)];
}
