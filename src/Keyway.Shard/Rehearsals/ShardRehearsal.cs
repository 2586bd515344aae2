using System.Net;
using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Shard.Persistence;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Shard.Rehearsals;

/// <summary>
/// Beside the first moments of a server, another one of the same classes, on a loop and a disk of its own that leave no trace, is asked for everything once.
/// What runs for the first time has to be compiled, and without this everybody on the loop waits while it is for the one client who asks first: 20 ms and
/// more for an INFO, for the first replica or for the first snapshot, in turns that take one otherwise.
/// </summary>
public static class ShardRehearsal
{
    // Nothing depends on it: on a machine so slow that it is not over by then, the rest is compiled when it is needed.
    private const int LongestMs = 20_000;

    /// <summary>Begins it, on a thread of its own.</summary>
    /// <param name="createLoop">Makes a loop of the kind that serves.</param>
    /// <param name="unhandled">Hears why it broke off, if it did.</param>
    public static void Begin(Func<EventLoop> createLoop, Action<Exception> unhandled)
    {
        var thread = new Thread(() => Run(createLoop, unhandled)) { IsBackground = true, Name = "rehearsal" };
        thread.Start();
    }

    /// <summary>Plays it all, on the calling thread.</summary>
    /// <param name="loop">Does not run yet, and has stopped afterwards.</param>
    /// <returns>Whether it came to its end.</returns>
    internal static bool PlayCommands(EventLoop loop)
    {
        ShardOptions options = ShardOptions.Default
            .With("save", "").With("appendonly", "yes").With("repl-diskless-sync", "yes").With("repl-diskless-sync-delay", "0").With("notify-keyspace-events", "KEA");
        bool isOver = false;
        var server = new ShardServer(loop, options, NullLogger.Instance)
        {
            Disk = new SimulatedDisk(seed: 1),
            DiskWorkers = _ => new SimulatedDiskWorker(loop, () => 0),
        };
        var place = new InProcessEndPoint("rehearsal");
        server.Load();
        server.Listen(place);
        Play(loop, place, () =>
        {
            isOver = true;
            loop.Stop();
        });
        loop.Schedule(LongestMs, loop.Stop);
        loop.Run();
        server.Stop();
        return isOver;
    }

    private static void Play(EventLoop loop, EndPoint place, Action whenDone)
    {
        var replica = new RehearsalClient(RehearsalScript.OfReplica, () => { });
        loop.Connect(place, replica);
        int playing = RehearsalScript.OfClients.Count;
        foreach (IReadOnlyList<string> lines in RehearsalScript.OfClients)
        {
            loop.Connect(place, new RehearsalClient(lines, () =>
            {
                if (--playing > 0) return;
                replica.Connection.Abort();
                whenDone();
            }));
        }
    }

    private static void Run(Func<EventLoop> createLoop, Action<Exception> unhandled)
    {
        try
        {
            // Six servers that start on one machine have better things to do at first.
            BackgroundThread.StepBack();
            SnapshotRehearsal.Play();
            using EventLoop loop = createLoop();
            PlayCommands(loop);
        }
        catch (Exception failure)
        {
            // First requests take longer without it, and that is all.
            unhandled(failure);
        }
    }
}
