using System.Diagnostics;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;

namespace Keyway.Shard;

/// <summary>From a request to its handler, past Redis's refusals in Redis's order: unknown, arguments, protection, password, memory.</summary>
internal sealed unsafe class Dispatcher(ShardServer server, CommandRegistry registry)
{
    private const string ProtectedText =
        "ERR {0} command not allowed. If the {1} option is set to \"local\", you can run it from a local connection, "
        + "otherwise you need to set this option in the configuration file, and then restart the server.";

    private readonly ServerStatistics _statistics = server.Statistics;

    public bool Serves(Command command) => registry.Serves(command);

    public void Execute(ClientSession client, Arguments arguments, ReplyBuffer reply)
    {
        Command? command = CommandTable.Resolve(arguments);
        if (command == null || !registry.Serves(command))
        {
            RefuseUnknown(client, arguments, reply);
            return;
        }

        client.LastCommand = command;
        if (!command.Takes(arguments.Count))
        {
            Reject(command, reply, Encoding.UTF8.GetBytes($"ERR wrong number of arguments for '{command.Name}' command"));
            return;
        }

        if (MustRefuse(client, command, arguments, reply)) return;

        var context = new CommandContext(server, client, command, arguments, reply);
        ref CommandCounts counts = ref _statistics.ByCommand[command.Id];
        int database = client.Database.Index;      // SELECT may change it
        long start = Stopwatch.GetTimestamp();
        registry[command](ref context);
        counts.Ticks += Stopwatch.GetTimestamp() - start;

        if (server.Propagation.WantsRequest) server.Propagation.Complete(database, arguments);
        _statistics.Commands++;
        counts.Calls++;
        if (context.HasFailed) counts.Failed++;
    }

    private bool MustRefuse(ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
    {
        if (command.Is(CommandFlags.Protected) && !IsAllowed(client, command))
        {
            string name = (command.Parent ?? command).Name;
            Reject(command, reply, Encoding.UTF8.GetBytes(string.Format(ProtectedText, name.ToUpperInvariant(), $"enable-{name}-command")));
            return true;
        }

        if (!client.IsAuthenticated && !command.Is(CommandFlags.NoAuth))
        {
            Reject(command, reply, "NOAUTH Authentication required."u8);
            return true;
        }

        bool isFull = server.Settings.MaxMemory > 0 && command.Is(CommandFlags.DenyOom) && server.Databases.Memory.UsedBytes > server.Settings.MaxMemory;
        if (isFull) Reject(command, reply, "OOM command not allowed when used memory > 'maxmemory'."u8);
        return isFull;
    }

    private bool IsAllowed(ClientSession client, Command command)
    {
        string setting = (command.Parent ?? command).Name == "module" ? server.Settings.ModuleCommand : server.Settings.DebugCommand;
        return setting == "yes" || (setting == "local" && client.IsLocal);
    }

    private void Reject(Command command, ReplyBuffer reply, ReadOnlySpan<byte> error)
    {
        _statistics.ByCommand[command.Id].Rejected++;
        _statistics.CountError(error);
        reply.WriteError(error);
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

        _statistics.CountError("ERR"u8);
        CommandErrors.WriteUnknown(reply, arguments);
    }
}
