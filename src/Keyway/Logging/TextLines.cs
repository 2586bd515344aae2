using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Keyway.Logging;

/// <summary>2026-11-20 07:40:08.123 warn  gateway: Shard s1 at 127.0.0.1:7001 does not answer</summary>
internal sealed class TextLines : ILineFormat
{
    public void Append(StringBuilder output, in LogLine line)
    {
        output.Append(line.Time.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture))
            .Append(Level(line.Level)).Append(' ').Append(line.Category).Append(": ").Append(line.Message).Append('\n');
        if (line.Exception is { } exception) AppendException(output, exception, "    ");
    }

    /// <summary>Line by line, since its text may hold what a peer sent.</summary>
    public static void AppendException(StringBuilder output, Exception exception, string indent)
    {
        foreach (string part in exception.ToString().Split('\n'))
            output.Append(indent).Append(LogText.Escape(part.TrimEnd('\r'))).Append('\n');
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
