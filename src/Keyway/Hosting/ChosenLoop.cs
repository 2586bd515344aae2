using Keyway.Platform;
using Keyway.Verbs;

namespace Keyway.Hosting;

/// <summary>The kind of event loop that KEYWAY_TRANSPORT asks for: epoll, sockets, or the best of this system.</summary>
internal static class ChosenLoop
{
    /// <exception cref="UsageException">The variable names no transport that this system has.</exception>
    public static EventLoop Create()
    {
        try
        {
            bool exactTurns = Environment.GetEnvironmentVariable(EventLoops.TurnsVariable) == "exact";
            return EventLoops.Create(TimeProvider.System, Environment.GetEnvironmentVariable(EventLoops.TransportVariable), exactTurns);
        }
        catch (Exception wrong) when (wrong is ArgumentException or PlatformNotSupportedException)
        {
            throw new UsageException($"{EventLoops.TransportVariable}: {wrong.Message}");
        }
    }

    /// <summary>Fails as <see cref="Create"/> would, before anything has begun.</summary>
    public static void Check() => Create().Dispose();
}
