using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Metrics;

/// <summary>The counters of one pool on one loop, by command row. Rows never used cost a null each.</summary>
public sealed class PoolCounters
{
    private readonly CommandCounters?[] _byCommand = new CommandCounters?[CommandTable.LearnedId + 1];

    public long Clients;

    public long AcceptedClients;

    /// <summary>Those that wait for a command that may take any time.</summary>
    public long BlockedClients;

    /// <summary>Requests for names that the table does not know: one figure, since clients make the names up.</summary>
    public long Unknown;

    public long ReceivedBytes;

    public long SentBytes;

    public CommandCounters Of(int command) => _byCommand[command] ??= new CommandCounters();

    public CommandCounters? IfUsed(int command) => Volatile.Read(ref _byCommand[command]);
}
