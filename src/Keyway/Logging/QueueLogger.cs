using Microsoft.Extensions.Logging;

namespace Keyway.Logging;

/// <summary>One category's logger. Entries are rendered by whoever logs and written by the queue's thread.</summary>
internal sealed class QueueLogger(LogOutput output, string category) : ILogger
{
    private const string Template = "{OriginalFormat}";

    // "Microsoft.AspNetCore.Server.Kestrel" is "Kestrel" to whoever reads a line.
    private readonly string _name = category[(category.LastIndexOf('.') + 1)..];

    public bool IsEnabled(LogLevel logLevel) => logLevel >= output.Lowest && logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;

        var values = state as IReadOnlyList<KeyValuePair<string, object?>>;
        if (values is not { Count: > 0 } || values[^1] is not { Key: Template, Value: string template })
        {
            output.Write(logLevel, _name, eventId, LogText.Escape(formatter(state, exception)), [], exception);
            return;
        }

        var fields = new KeyValuePair<string, string>[output.Format == LogFormat.Json ? values.Count - 1 : 0];
        for (int i = 0; i < fields.Length; i++) fields[i] = new(values[i].Key, LogText.Value(values[i].Value));
        output.Write(logLevel, _name, eventId, LogText.Render(template, values), fields, exception);
    }
}
