using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Keyway.Logging;

/// <summary>4711:M 20 Nov 2026 07:40:08.123 * Ready to accept connections</summary>
internal sealed class RedisLines(char role) : ILineFormat
{
    /// <summary>M: master, S: replica, X: sentinel.</summary>
    public char Role { get; set; } = role;

    public void Append(StringBuilder output, in LogLine line)
    {
        int start = output.Length;
        output.Append(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{Role} ")
            .Append(line.Time.ToString("dd MMM yyyy HH:mm:ss.fff ", CultureInfo.InvariantCulture)).Append(Level(line.Level)).Append(' ');
        string opening = output.ToString(start, output.Length - start);
        output.Append(line.Message).Append('\n');
        if (line.Exception is { } exception) TextLines.AppendException(output, exception, opening);
    }

    private static char Level(LogLevel level) => level switch
    {
        LogLevel.Trace => '.',
        LogLevel.Debug => '-',
        LogLevel.Information => '*',
        _ => '#',
    };
}
