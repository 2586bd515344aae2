using Keyway.Protocol;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Ends the server: lets replicas catch up for a while, during which nothing is written; then saves what is to be saved. Where that fails the server goes on,
/// unless it is forced to end.
/// </summary>
internal sealed class Shutdown(ShardServer server)
{
    private readonly List<ClientSession> _waiting = [];
    private ShutdownFlags _flags;
    private long _endMs;
    private bool _isFinished;

    /// <summary>It has been asked to end, and waits for its replicas.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether some replica has not got all there is yet. Null: there are no replicas.</summary>
    public Func<bool>? AreReplicasBehind { get; set; }

    /// <summary>Called just before the end, when nothing is executed any more: what waits to be written or sent is to be on its way when this returns.</summary>
    public Action? Ending { get; set; }

    /// <summary>Called before saving; returns false, unless it is forced, where ending now would lose what nothing else holds.</summary>
    public Func<bool, bool>? MayEnd { get; set; }

    /// <summary>A client asks for it: it is answered only if it fails.</summary>
    public void Ask(ClientSession client, ShutdownFlags flags)
    {
        bool wasWaiting = IsWaiting;
        client.BeginParking();
        _waiting.Add(client);
        if (wasWaiting) return;
        Begin(flags);
    }

    /// <summary>A signal of the system asks for it.</summary>
    public void Signal(string signal)
    {
        PersistenceLog.SignalReceived(server.Logger, signal);
        string actions = signal == "SIGINT" ? server.Settings.ActionsOnInterrupt : server.Settings.ActionsOnTermination;
        ShutdownFlags flags = ShutdownFlags.None;
        foreach (string word in actions.Split(' '))
        {
            flags |= word switch
            {
                "save" => ShutdownFlags.Save,
                "nosave" => ShutdownFlags.NoSave,
                "now" => ShutdownFlags.Now,
                "force" => ShutdownFlags.Force,
                _ => ShutdownFlags.None,
            };
        }

        // Who insists does not want to wait for replicas any longer.
        if (IsWaiting) Finish();
        else Begin(flags);
    }

    /// <summary>False when there is none to abort.</summary>
    public bool TryAbort()
    {
        if (!IsWaiting) return false;
        PersistenceLog.ShutdownAborted(server.Logger);
        Cancel();
        return true;
    }

    /// <summary>Ten times a second.</summary>
    public void Tick()
    {
        if (IsWaiting && (server.Loop.NowMs >= _endMs || AreReplicasBehind?.Invoke() != true)) Finish();
    }

    public void Forget(ClientSession client) => _waiting.Remove(client);

    private void Begin(ShutdownFlags flags)
    {
        // What is half loaded must not take the whole's place.
        if (server.Loading.IsOn) flags = (flags & ~ShutdownFlags.Save) | ShutdownFlags.NoSave;
        _flags = flags;
        ShardLog.ShutdownRequested(server.Logger);
        int timeoutSeconds = server.Settings.ShutdownTimeoutSeconds;
        if ((flags & ShutdownFlags.Now) == 0 && timeoutSeconds > 0 && AreReplicasBehind?.Invoke() == true)
        {
            ServingLog.ShutdownWaits(server.Logger);
            IsWaiting = true;
            _endMs = server.Loop.NowMs + (timeoutSeconds * 1000L);
            server.Pause.Begin(PausePurpose.Shutdown, long.MaxValue, holdsAll: false, isInTransaction: false);
            return;
        }

        Finish();
    }

    private void Finish()
    {
        if (_isFinished) return;
        bool isForced = (_flags & ShutdownFlags.Force) != 0;
        if (MayEnd != null && !MayEnd(isForced))
        {
            Fail();
            return;
        }

        if (server.Saves.IsRunning)
        {
            PersistenceLog.BackgroundSaveKilled(server.Logger);
            server.Saves.Abandon();
        }

        bool saves = (_flags & ShutdownFlags.Save) != 0 || (server.Settings.SavePoints.Length > 0 && (_flags & ShutdownFlags.NoSave) == 0);
        if (saves)
        {
            PersistenceLog.FinalSave(server.Logger);
            if (!server.Saves.TrySave())
            {
                if (!isForced)
                {
                    PersistenceLog.CannotExit(server.Logger);
                    Fail();
                    return;
                }

                PersistenceLog.ExitAnyway(server.Logger);
            }
        }

        _isFinished = true;
        IsWaiting = false;
        Ending?.Invoke();
        server.EndProcess();
    }

    private void Fail()
    {
        PersistenceLog.ShutdownFailed(server.Logger);
        Cancel();
    }

    private void Cancel()
    {
        if (IsWaiting) server.Pause.End(PausePurpose.Shutdown);
        IsWaiting = false;
        foreach (ClientSession client in _waiting.ToArray())
        {
            server.Statistics.CountError("ERR"u8);
            client.Reply.WriteError("ERR Errors trying to SHUTDOWN. Check logs."u8);
            client.EndParking();
        }

        _waiting.Clear();
    }
}
