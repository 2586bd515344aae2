using System.Collections.Immutable;
using Keyway.Protocol.Commands.Table;

namespace Keyway.Protocol.Commands;

/// <summary>All commands of Redis 7.0.15. To add one, add a row to its group in Commands/Table.</summary>
public static class CommandTable
{
    private static readonly RowGroup[] Groups =
    [
        StringRows.Group, HashRows.Group, ListRows.Group, SetRows.Group, SortedSetRows.Group, StreamRows.Group, GeoRows.Group,
        HyperLogLogRows.Group, BitmapRows.Group, KeyRows.Group, PubSubRows.Group, TransactionRows.Group, ScriptingRows.Group,
        ConnectionRows.Group, ServerRows.Group, ClusterRows.Group,
    ];

    private static readonly string[] CommonWithSentinels =
    [
        "acl", "auth", "client", "command", "hello", "info", "ping", "psubscribe", "publish", "punsubscribe", "quit", "reset", "role", "shutdown",
        "subscribe", "unsubscribe",
    ];

    private static readonly CommandSet Servers = new(Groups.SelectMany(group => group.Rows.Select(row => (row, group))));
    private static readonly NameIndex Index = Servers.Index;       // one step less on the road of every request

    /// <summary>What a sentinel answers: some of the commands that every server has, and SENTINEL.</summary>
    public static CommandSet OfSentinels => field ??= new CommandSet(
        Groups.Append(SentinelRows.Group).SelectMany(group => group.Rows.Select(row => (row, group)))
            .Where(one => one.group == SentinelRows.Group || CommonWithSentinels.Contains(one.row.Name)));

    /// <inheritdoc cref="CommandSet.All"/>
    public static ImmutableArray<Command> All => Servers.All;

    public static ImmutableArray<Command> TopLevel => Servers.TopLevel;

    /// <summary>The id that all learned commands share: one behind the table's last, so arrays by id have <c>LearnedId + 1</c> places.</summary>
    public static int LearnedId => All.Length;

    /// <summary>The table itself, for who may have another one.</summary>
    public static CommandSet OfServers => Servers;

    /// <summary>The command of this name, in whatever case.</summary>
    public static Command? Find(ReadOnlySpan<byte> name) => Index.Find(name);

    public static Command? FindSubcommand(Command container, ReadOnlySpan<byte> name) => container.FindSubcommand(name);

    /// <inheritdoc cref="CommandSet.Resolve(in Arguments)"/>
    public static Command? Resolve(in Arguments arguments) => CommandSet.Resolve(Index, arguments);

    /// <inheritdoc cref="CommandSet.FindFullName"/>
    public static Command? FindFullName(ReadOnlySpan<byte> name) => Servers.FindFullName(name);
}
