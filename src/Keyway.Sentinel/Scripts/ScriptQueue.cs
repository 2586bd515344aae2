using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Scripts;

/// <summary>
/// Scripts to run, in order, some at a time. One that is killed or returns 1 is tried again later, each time twice as much later; one that returns more has
/// said that it failed, and that is told.
/// </summary>
internal sealed class ScriptQueue(IScriptRunner runner, SentinelConstants constants, Action<EventLevel, string, string> publish)
{
    private const int MostQueued = 256;
    private const int MostRunning = 16;
    private const int MostRetries = 10;
    private const int CannotStart = 99;

    private readonly LinkedList<ScriptJob> _jobs = [];
    private long _nowMs;

    public int RunningCount { get; private set; }

    public IReadOnlyCollection<ScriptJob> Jobs => _jobs;

    public void Add(string path, IReadOnlyList<string> arguments)
    {
        _jobs.AddLast(new ScriptJob(path, arguments));
        if (_jobs.Count <= MostQueued) return;

        // The oldest that does not run has been of no use for so long that it is the first to go.
        for (LinkedListNode<ScriptJob>? node = _jobs.First; node != null; node = node.Next)
        {
            if (node.Value.Running != null) continue;
            _jobs.Remove(node);
            return;
        }
    }

    /// <summary>Starts what is due, and ends what has run too long.</summary>
    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        LinkedListNode<ScriptJob>? next;
        for (LinkedListNode<ScriptJob>? node = _jobs.First; node != null; node = next)
        {
            next = node.Next;
            ScriptJob job = node.Value;
            if (job.Running == null) StartIfDue(job);
            else if (!job.IsKilled && nowMs - job.TimeMs > constants.ScriptMaxRuntime) Kill(job);
        }
    }

    private void StartIfDue(ScriptJob job)
    {
        if (RunningCount >= MostRunning || job.TimeMs > _nowMs) return;

        job.Attempts++;
        job.TimeMs = _nowMs;
        job.IsKilled = false;
        job.Running = runner.Start(job.Path, job.Arguments, end => OnEnded(job, end));
        if (job.Running == null)
        {
            publish(EventLevel.Warning, "-script-error", $"{job.Path} {CannotStart} 0");
            _jobs.Remove(job);
            return;
        }

        RunningCount++;
        publish(EventLevel.Debug, "+script-child", $"{job.Running.ProcessId}");
    }

    private void Kill(ScriptJob job)
    {
        job.IsKilled = true;
        publish(EventLevel.Warning, "-script-timeout", $"{job.Path} {job.Running!.ProcessId}");
        job.Running.Kill();
    }

    private void OnEnded(ScriptJob job, ScriptEnd end)
    {
        publish(EventLevel.Debug, "-script-child", $"{job.Running!.ProcessId} {end.ExitCode} {end.Signal}");
        RunningCount--;
        job.Running = null;
        bool wantsRetry = end.Signal != 0 || end.ExitCode == 1;
        if (wantsRetry && job.Attempts < MostRetries)
        {
            job.TimeMs = _nowMs + ((long)constants.ScriptRetryDelay << (job.Attempts - 1));
            return;
        }

        if (end.Signal != 0 || end.ExitCode != 0) publish(EventLevel.Warning, "-script-error", $"{job.Path} {end.Signal} {end.ExitCode}");
        _jobs.Remove(job);
    }
}
