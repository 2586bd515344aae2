using System.Text;
using Microsoft.Extensions.Logging;

namespace Keyway.Logging;

/// <summary>The process's log: makes loggers, and gives their entries form and order on one output.</summary>
public sealed class LogOutput : ILoggerProvider
{
    private readonly ILineFormat _format;
    private readonly TimeProvider _time;
    private readonly LogQueue _queue;

    /// <param name="role">Redis's letter in that format: M for a master, X for a sentinel.</param>
    public LogOutput(LogFormat format, Stream output, TimeProvider time, char role = 'M', LogLevel lowest = LogLevel.Information)
    {
        Format = format;
        Lowest = lowest;
        _time = time;
        _format = format switch
        {
            LogFormat.Json => new JsonLines(),
            LogFormat.Redis => new RedisLines(role),
            _ => new TextLines(),
        };
        _queue = new LogQueue(output, count => Render(Own(LogLevel.Warning, LogQueue.Dropped(count))));
    }

    public LogFormat Format { get; }

    /// <summary>What is below it is not written. May change at any time.</summary>
    public LogLevel Lowest { get; set; }

    /// <summary>Redis's letter for what this process is; only its format shows it. May change at any time.</summary>
    public char Role
    {
        set
        {
            if (_format is RedisLines lines) lines.Role = value;
        }
    }

    public ILogger CreateLogger(string categoryName) => new QueueLogger(this, categoryName);

    /// <summary>Lines for the person at the terminal: as they are in the text format, as entries in those that programs read.</summary>
    public void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            if (Format == LogFormat.Text) _queue.Write(line + "\n");
            else if (line.Length > 0) _queue.Write(Render(Own(LogLevel.Information, line.Trim())));
        }
    }

    public void Dispose() => _queue.Dispose();

    internal void Write(
        LogLevel level, string category, EventId id, string message, IReadOnlyList<KeyValuePair<string, string>> fields, Exception? exception) =>
        _queue.Write(Render(new LogLine(_time.GetLocalNow(), level, category, id, message, fields, exception)));

    private LogLine Own(LogLevel level, string message) => new(_time.GetLocalNow(), level, "keyway", default, message, [], null);

    private string Render(in LogLine line)
    {
        var text = new StringBuilder(256);
        _format.Append(text, line);
        return text.ToString();
    }
}
