using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>Hears what the gateway logs, and keeps what an operator would call a bug: exceptions that reached an event loop.</summary>
internal sealed class BugLog : ILogger
{
    private readonly List<string> _bugs = [];
    private readonly List<string> _lines = [];

    /// <summary>Everything logged, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        lock (_lines) _lines.Add(line);
        if (logLevel < LogLevel.Error) return;
        lock (_bugs) _bugs.Add($"{line}\n{exception}");
    }

    public void ThrowIfAny()
    {
        lock (_bugs)
        {
            if (_bugs.Count > 0) throw new InvalidOperationException(string.Join('\n', _bugs));
        }
    }
}
