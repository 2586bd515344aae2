using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keyway.Logging;

/// <summary>{"time":"2026-11-20T07:40:08.123Z","level":"Warning","logger":"gateway","id":2002,"message":"…","Shard":"s1"}</summary>
internal sealed class JsonLines : ILineFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Append(StringBuilder output, in LogLine line)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", line.Level.ToString());
            json.WriteString("logger", line.Category);
            if (line.Id.Id != 0) json.WriteNumber("id", line.Id.Id);
            json.WriteString("message", line.Message);
            foreach ((string name, string value) in line.Fields) json.WriteString(name, value);
            if (line.Exception is { } exception) json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        output.Append(Encoding.UTF8.GetString(buffer.WrittenSpan)).Append('\n');
    }
}
