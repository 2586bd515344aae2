using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Tests.Simulation;

/// <summary>What a node says, with the simulation's time and the node's number, for whoever reads a seed that fails.</summary>
internal sealed class NodeLog(int node, TimeProvider time, Action<string> write) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        write($"  {time.GetUtcNow():mm:ss.fff} [{node}] {formatter(state, exception)}");
}
