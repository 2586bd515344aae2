using Keyway.Configuration;
using Keyway.Gateway.Rehearsals;
using Keyway.Logging;
using Keyway.Platform;
using Keyway.Shard;
using Keyway.Shard.Configuration;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// The rehearsal of the data path, beside the rest of the start on a thread of its own: on two cores the start takes hardly longer. Where the map
/// has embedded shards, one of their kind takes part, empty and never saved.
/// </summary>
internal sealed class RehearsalThread
{
    private readonly Thread _thread;
    private Exception? _failure;

    public RehearsalThread(KeywayConfig config, LogFormat format)
    {
        bool hasEmbedded = config.Shards.Any(shard => shard.Kind is ShardKind.Embedded);
        _thread = new Thread(() => Run(hasEmbedded, format)) { IsBackground = true, Name = "keyway-rehearsal" };
        _thread.Start();
    }

    /// <summary>Returns when it is over.</summary>
    /// <returns>Why it broke off; null when it did not.</returns>
    public Exception? Join()
    {
        _thread.Join();
        return _failure;
    }

    private void Run(bool hasEmbedded, LogFormat format)
    {
        try
        {
            Play(hasEmbedded, format);
        }
        catch (Exception failure)
        {
            // The service is slow for its first seconds without it, and that is all. Whoever joins hears of it.
            _failure = failure;
        }
    }

    private static void Play(bool hasEmbedded, LogFormat format)
    {
        // What it logs is formatted like the log and goes nowhere.
        using var nowhere = new LogOutput(format, Stream.Null, TimeProvider.System);
        ILogger log = nowhere.CreateLogger("rehearsal");
        using EventLoop loop = ChosenLoop.Create();
        ShardServer? shard = null;
        InProcessEndPoint? place = null;
        if (hasEmbedded)
        {
            place = new InProcessEndPoint("rehearsal");
            shard = new ShardServer(loop, ShardOptions.Default.With("save", "").With("appendonly", "no"), new EmbeddedLogger(log));
            shard.Listen(place);
        }
        Rehearsal.Play(loop, log, place);
        shard?.Stop();
    }
}
