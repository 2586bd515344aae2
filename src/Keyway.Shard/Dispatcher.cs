using System.Diagnostics;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Blocking;
using Keyway.Shard.Commands;
using Keyway.Shard.Configuration;
using Keyway.Shard.Transactions;

namespace Keyway.Shard;

/// <summary>From a request to its handler, past Redis's refusals in Redis's order: unknown, arguments, protection, password, memory.</summary>
internal sealed unsafe class Dispatcher(ShardServer server, CommandRegistry registry)
{
    private const string ProtectedText =
        "ERR {0} command not allowed. If the {1} option is set to \"local\", you can run it from a local connection, "
        + "otherwise you need to set this option in the configuration file, and then restart the server.";

    // Keys that die as these two pass by were not asked for, and need not even live on one shard of a cluster: their deletions are no transaction.
    private static readonly Command ScanRow = CommandTable.Find("scan"u8)!;
    private static readonly Command RandomKeyRow = CommandTable.Find("randomkey"u8)!;

    // What stands between writes in a stream of them.
    private static readonly Command[] RepeatedMarks =
        [CommandTable.Find("select"u8)!, CommandTable.Find("multi"u8)!, CommandTable.Find("exec"u8)!, CommandTable.Find("discard"u8)!];

    private static readonly Command PingRow = CommandTable.Find("ping"u8)!;
    private static readonly Command ExecRow = CommandTable.Find("exec"u8)!;

    // What ends a transaction, or must not become part of one.
    private static readonly Command[] RunAtOnce =
        [ExecRow, CommandTable.Find("discard"u8)!, CommandTable.Find("multi"u8)!, CommandTable.Find("watch"u8)!, CommandTable.Find("quit"u8)!, CommandTable.Find("reset"u8)!];

    private static readonly Command[] RunWhileSubscribed =
    [
        CommandTable.Find("ping"u8)!, CommandTable.Find("subscribe"u8)!, CommandTable.Find("ssubscribe"u8)!, CommandTable.Find("psubscribe"u8)!,
        CommandTable.Find("unsubscribe"u8)!, CommandTable.Find("sunsubscribe"u8)!, CommandTable.Find("punsubscribe"u8)!, CommandTable.Find("quit"u8)!,
        CommandTable.Find("reset"u8)!,
    ];

    private readonly ServerStatistics _statistics = server.Statistics;
    private readonly CommandRenames? _renames = server.Options.Renames.IsEmpty ? null : new CommandRenames(server.Options.Renames);

    public bool Serves(Command command) => registry.Serves(command);

    public void Execute(ClientSession client, Arguments arguments, ReplyBuffer reply)
    {
        Command? command = _renames == null ? CommandTable.Resolve(arguments) : _renames.Resolve(arguments);
        client.LastCommand = command;
        if (command == null || !registry.Serves(command))
        {
            RefuseUnknown(client, arguments, reply);
            return;
        }

        if (!command.Takes(arguments.Count))
        {
            Reject(client, command, arguments, reply, Encoding.UTF8.GetBytes($"ERR wrong number of arguments for '{command.Name}' command"));
            return;
        }

        if (MustRefuse(client, command, arguments, reply)) return;
        if (server.Pause.IsOn && !client.IsMaster && server.Pause.Holds(client, command))
        {
            client.Postpone(arguments);
            return;
        }

        if (client.IsInTransaction && !RunAtOnce.Contains(command))
        {
            Queue(client, command, arguments, reply);
            return;
        }

        bool isGated = server.Gate.IsArmed;
        long replyFrom = reply.Length;
        long offset = server.Gate.Offset;
        server.Propagation.BeginUnit();
        Run(client, command, arguments, reply);
        server.Propagation.EndUnit(wrapsSeveral: command != ScanRow && command != RandomKeyRow);
        if (isGated && server.Gate.Offset != offset && reply == client.Reply) client.NoteWrite(replyFrom);
        client.WrittenUpTo = server.History.Offset;
        if (!server.Blocked.HasReady) return;
        server.Blocked.Serve();
        _statistics.ClockTicks = Stopwatch.GetTimestamp();
    }

    /// <summary>Executes a command that has passed all refusals, on its own or as part of a transaction.</summary>
    public void Run(ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
    {
        if (server.IsReplica) server.Following.Prepare(client, command);
        var context = new CommandContext(server, client, command, arguments, reply);
        ref CommandCounts counts = ref _statistics.ByCommand[command.Id];
        int database = client.Database.Index;      // SELECT may change it
        long start = _statistics.ClockTicks;
        registry[command](ref context);
        _statistics.ClockTicks = Stopwatch.GetTimestamp();
        long ticks = _statistics.ClockTicks - start;
        if (client.Blocked == null) server.Times.Note(client, command, arguments, ticks);
        else counts.Ticks += ticks;       // the call has not ended: it is noted when it has

        if (server.Propagation.WantsRequest) server.Propagation.Complete(database, arguments);
        if (server.Databases.ReplicaDeletesDead) server.Following.OwnExpiries.Note(server.Databases[database], arguments);
        _statistics.Commands++;
        counts.Calls++;
        if (context.HasFailed) counts.Failed++;
        if (server.Monitors.IsOn) server.Monitors.Show(client, command, arguments);
    }

    /// <summary>
    /// Repeats what a journal or a master says has happened: past all refusals, since it has, and without an answer. What changes nothing is passed over.
    /// False when there is no such command.
    /// </summary>
    public bool Replay(ClientSession stream, Arguments arguments)
    {
        Command? command = CommandTable.Resolve(arguments) ?? _renames?.Resolve(arguments);
        if (command == null) return false;
        if (!registry.Serves(command)) return TryReplayFunctions(stream, command, arguments);
        bool isMark = RepeatedMarks.Contains(command);
        if (!command.Takes(arguments.Count) || (!isMark && !command.Is(CommandFlags.Write | CommandFlags.MayReplicate))) return true;

        if (stream.IsInTransaction && !RunAtOnce.Contains(command))
        {
            stream.Transaction!.TryAdd(command, arguments);
            return true;
        }

        server.Propagation.BeginUnit();
        var context = new CommandContext(server, stream, command, arguments, server.Unheard);
        registry[command](ref context);
        if (server.Propagation.WantsRequest) server.Propagation.Complete(stream.Database.Index, arguments);
        server.Propagation.EndUnit(wrapsSeveral: true);
        server.Unheard.Clear();
        return true;
    }

    // Libraries of functions are kept and handed on, though nothing here runs them.
    private bool TryReplayFunctions(ClientSession stream, Command command, Arguments arguments)
    {
        if (!command.Takes(arguments.Count) || !Rdb.FunctionEffects.TryApply(server, command, arguments)) return false;
        server.Propagation.AsIs();
        server.Propagation.Complete(stream.Database.Index, arguments);
        return true;
    }

    /// <summary>Executes a blocked request again for one of its keys; false when it has to wait on. It was counted when it began.</summary>
    public bool Retry(BlockedRequest request, WaitQueue ready)
    {
        ClientSession client = request.Client;
        Arguments arguments = request.Saved.Arguments;
        request.Ready = ready;
        request.WaitsOn = false;

        var context = new CommandContext(server, client, request.Command, arguments, request.IsUnheard ? server.Unheard : client.Reply);
        ref CommandCounts counts = ref _statistics.ByCommand[request.Command.Id];
        long replyFrom = client.Reply.Length;
        long offset = server.Gate.Offset;
        server.Propagation.BeginUnit();
        long start = Stopwatch.GetTimestamp();
        registry[request.Command](ref context);
        long ticks = Stopwatch.GetTimestamp() - start;
        if (request.WaitsOn) counts.Ticks += ticks;
        else server.Times.Note(client, request.Command, arguments, ticks);

        request.Ready = null;
        if (server.Propagation.WantsRequest) server.Propagation.Complete(client.Database.Index, arguments);
        server.Propagation.EndUnit(wrapsSeveral: true);
        if (server.Gate.IsArmed && server.Gate.Offset != offset && !request.IsUnheard) client.NoteWrite(replyFrom);
        client.WrittenUpTo = server.History.Offset;
        if (context.HasFailed) counts.Failed++;
        return !request.WaitsOn;
    }

    private bool MustRefuse(ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
    {
        // What a master has done must be done here too. Only memory is made for it, where a replica may choose what goes.
        if (client.IsMaster)
        {
            server.Evictor.HasMemory();
            return false;
        }

        if (command.Is(CommandFlags.Protected) && !IsAllowed(client, command))
        {
            string name = (command.Parent ?? command).Name;
            Reject(client, command, arguments, reply, Encoding.UTF8.GetBytes(string.Format(ProtectedText, name.ToUpperInvariant(), $"enable-{name}-command")));
            return true;
        }

        if (!client.IsAuthenticated && !command.Is(CommandFlags.NoAuth))
        {
            Reject(client, command, arguments, reply, "NOAUTH Authentication required."u8);
            return true;
        }

        if (client.IsInTransaction && command.Is(CommandFlags.NoMulti))
        {
            Reject(client, command, arguments, reply, "ERR Command not allowed inside a transaction"u8);
            return true;
        }

        if (!server.Evictor.HasMemory() && NeedsMemory(client, command))
        {
            Reject(client, command, arguments, reply, "OOM command not allowed when used memory > 'maxmemory'."u8);
            return true;
        }

        // PING too: who watches over the server is to hear of it.
        if ((IsWrite(client, command) || command == PingRow) && !server.DiskError.IsEmpty)
        {
            Reject(client, command, arguments, reply, server.DiskError);
            return true;
        }

        if (!server.Replicas.AllowsWrites && IsWrite(client, command))
        {
            Reject(client, command, arguments, reply, "NOREPLICAS Not enough good replicas to write."u8);
            return true;
        }

        if (server.IsReplica && server.Settings.ReplicaIsReadOnly && IsWrite(client, command))
        {
            Reject(client, command, arguments, reply, "READONLY You can't write against a read only replica."u8);
            return true;
        }

        // To a subscriber that speaks RESP2 every reply that is no message would look like one.
        if (client.Subscriber != null && !client.IsResp3 && !RunWhileSubscribed.Contains(command))
        {
            Reject(client, command, arguments, reply, Encoding.UTF8.GetBytes(
                $"ERR Can't execute '{command.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"));
            return true;
        }

        if (server.Following.HidesData && !Runs(client, command, CommandFlags.Stale))
        {
            Reject(client, command, arguments, reply, "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."u8);
            return true;
        }

        if ((server.Loading.IsOn && !Runs(client, command, CommandFlags.Loading)) || (server.Loading.IsAsync && IsDeniedWhileOthersLoad(client, command)))
        {
            Reject(client, command, arguments, reply, "LOADING Redis is loading the dataset in memory"u8);
            return true;
        }

        // No pause holds a monitor or a replica, so they may not do what a pause is to prevent.
        if ((!client.IsMonitor && !client.IsReplica) || !command.Is(CommandFlags.Write | CommandFlags.ReadOnly | CommandFlags.MayReplicate)) return false;
        Reject(client, command, arguments, reply, "ERR Replica can't interact with the keyspace"u8);
        return true;
    }

    // A queue takes memory too, whatever is put into it; to run it takes what its commands take.
    private static bool NeedsMemory(ClientSession client, Command command)
    {
        if (!client.IsInTransaction) return command.Is(CommandFlags.DenyOom);
        if (command == ExecRow) return (client.Transaction!.Flags & CommandFlags.DenyOom) != 0;
        return command.Name is not ("discard" or "quit" or "reset");
    }

    /// <summary>It writes, or ends a transaction that does.</summary>
    private static bool IsWrite(ClientSession client, Command command) =>
        command.Is(CommandFlags.Write) || (command == ExecRow && client.IsInTransaction && (client.Transaction!.Flags & CommandFlags.Write) != 0);

    /// <summary>Whether the command has the flag, and all that EXEC would run.</summary>
    private static bool Runs(ClientSession client, Command command, CommandFlags flag) =>
        command.Is(flag) && (command != ExecRow || !client.IsInTransaction || (client.Transaction!.CommonFlags & flag) != 0);

    private static bool IsDeniedWhileOthersLoad(ClientSession client, Command command) =>
        command.Is(CommandFlags.NoAsyncLoading) || (command == ExecRow && client.IsInTransaction && (client.Transaction!.Flags & CommandFlags.NoAsyncLoading) != 0);

    private void Queue(ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
    {
        if (client.Transaction!.TryAdd(command, arguments)) reply.WriteSimple("QUEUED"u8);
        else Reject(client, command, arguments, reply, "ERR the request is too large to be queued"u8);
    }

    private bool IsAllowed(ClientSession client, Command command)
    {
        string setting = (command.Parent ?? command).Name == "module" ? server.Settings.ModuleCommand : server.Settings.DebugCommand;
        return setting == "yes" || (setting == "local" && client.IsLocal);
    }

    private void Reject(ClientSession client, Command command, Arguments arguments, ReplyBuffer reply, ReadOnlySpan<byte> error)
    {
        _statistics.ByCommand[command.Id].Rejected++;
        client.Transaction?.Fail();
        if (command == ExecRow)
        {
            if (error.StartsWith("ERR "u8)) error = error[4..];
            error = CommandContext.Concatenate("EXECABORT Transaction discarded because of: ", error, "");
            client.EndTransaction();
        }

        _statistics.CountError(error);
        reply.WriteError(error);

        // Monitors have seen the MULTI, and must learn that nothing comes of it.
        if (command == ExecRow && server.Monitors.IsOn) server.Monitors.Show(client, command, arguments);
    }

    private void RefuseUnknown(ClientSession client, Arguments arguments, ReplyBuffer reply)
    {
        // A browser that was lured into speaking to us: nothing that follows may run.
        if (Word.Is(arguments[0], "POST"u8) || Word.Is(arguments[0], "Host:"u8))
        {
            server.NoteCrossProtocol(client);
            client.CloseAtOnce();
            return;
        }

        client.Transaction?.Fail();
        _statistics.CountError("ERR"u8);
        CommandErrors.WriteUnknown(reply, arguments, _renames == null ? CommandTable.Find(arguments[0]) : _renames.Find(arguments[0]));
    }
}
