using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// Passes on what an embedded shard or sentinel has to tell, but not its own coming and going: "Ready to accept connections" must mean the gateway,
/// for those who wait for that line.
/// </summary>
internal sealed class EmbeddedLogger(ILogger log) : ILogger
{
    private static readonly string[] Ceremonies = ["Initialized", "Ready", "Listening", "Running", "Saved", "Stopped"];

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel <= LogLevel.Information && Ceremonies.Contains(eventId.Name)) return;
        log.Log(logLevel, eventId, state, exception, formatter);
    }
}
