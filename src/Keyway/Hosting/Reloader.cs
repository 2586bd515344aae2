using Keyway.Configuration;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// Serves the file as it is now, or says why not. One reload at a time; a bad file changes nothing. What is about to be served is noted on
/// the disk before the swap: a crash in between is then judged by the new map, whose losing shards are known to be empty, and by no
/// older one that has never heard of the new owners' keys.
/// </summary>
internal sealed class Reloader(
    RunningGateway gateway, ServedState state, string? path, IReadOnlyDictionary<string, string> environment, TimeProvider time, ILogger log)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly long[] _outcomes = new long[3];
    private long _lastSuccessMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>When the map that is served was loaded.</summary>
    public DateTimeOffset LastSuccess => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _lastSuccessMs));

    public long Count(ReloadOutcome outcome) => Interlocked.Read(ref _outcomes[(int)outcome]);

    /// <summary>For those who cannot wait, such as a signal's handler.</summary>
    public void Begin(string cause) => ThreadPool.QueueUserWorkItem(_ => _ = ReloadAsync(cause));

    /// <param name="cause">For the log: SIGHUP, keyway reload, the file changed.</param>
    public async Task<ReloadResult> ReloadAsync(string cause)
    {
        await _one.WaitAsync();
        try
        {
            ReloadResult result = await Attempt();
            Interlocked.Increment(ref _outcomes[(int)result.Outcome]);
            Tell(cause, result);
            return result;
        }
        catch (Exception bug)
        {
            // Nobody awaits what a signal began; it must not be lost, and the gateway goes on.
            HostLog.ReloadBug(log, bug);
            Interlocked.Increment(ref _outcomes[(int)ReloadOutcome.Refused]);
            return new ReloadResult(ReloadOutcome.Refused, [], [$"a bug: {bug.Message}"]);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<ReloadResult> Attempt()
    {
        LoadResult loaded = ConfigLoader.LoadFile(path, environment);
        if (loaded.Config is not { } next) return Invalid(loaded.Errors);
        if (IncludedConf.Check(next) is { Count: > 0 } wrong) return Invalid(wrong);
        if (CertificateFiles.Check(next) is { Count: > 0 } unusable) return Invalid(unusable);
        if (BuildCheck.NotBuiltYet(next) is { Count: > 0 } later) return Invalid(later);

        KeywayConfig old = gateway.Config;
        if (ConfigDifference.NeedsRestart(old, next) is { Count: > 0 } restart) return Refused(restart);

        try
        {
            Verdict verdict = state.Check(next, old, out LiveShardFacts facts);
            if (!verdict.Accepted) return Refused(verdict.Reasons);

            ServedMap before = state.Last!;
            state.Save(next, facts);
            if (await gateway.Exchange(next, () => StillRefused(next, old, before)) is { } refusal)
            {
                Restore(before);
                return Refused([refusal]);
            }

            Interlocked.Exchange(ref _lastSuccessMs, time.GetUtcNow().ToUnixTimeMilliseconds());
            string[] warnings = [.. loaded.Warnings.Select(warning => warning.ToString())];
            return new ReloadResult(ReloadOutcome.Ok, [.. ConfigDifference.Describe(old, next), .. verdict.Notes], warnings);
        }
        catch (StateException unsafeState)
        {
            return Refused([unsafeState.Message]);
        }
    }

    // A shard that was empty a moment ago may have got a key before the loops held.
    private string? StillRefused(KeywayConfig next, KeywayConfig old, ServedMap before)
    {
        Verdict verdict = state.Check(next, old, out _, before);
        return verdict.Accepted ? null : string.Join("; ", verdict.Reasons);
    }

    private void Restore(ServedMap before)
    {
        try
        {
            state.Save(before);
        }
        catch (StateException failed)
        {
            HostLog.StateNotRestored(log, failed.Message);
        }
    }

    private void Tell(string cause, ReloadResult result)
    {
        foreach (string change in result.Changes) HostLog.ReloadChange(log, cause, change);
        foreach (string problem in result.Problems)
        {
            if (result.Outcome == ReloadOutcome.Ok) HostLog.MapWarning(log, problem);
            else if (result.Outcome == ReloadOutcome.Invalid) HostLog.ReloadInvalid(log, cause, problem);
            else HostLog.ReloadRefused(log, cause, problem);
        }

        if (result.Outcome == ReloadOutcome.Ok) HostLog.Reloaded(log, cause, gateway.Config.FileName);
    }

    private static ReloadResult Invalid(IReadOnlyList<ConfigError> errors) =>
        new(ReloadOutcome.Invalid, [], [.. errors.Select(error => error.ToString())]);

    private static ReloadResult Refused(IReadOnlyList<string> reasons) => new(ReloadOutcome.Refused, [], reasons);
}
