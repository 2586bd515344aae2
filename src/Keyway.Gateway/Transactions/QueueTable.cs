using Keyway.Gateway.Local;
using Keyway.Gateway.Routing;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>What becomes of each command of the table when it is queued.</summary>
internal static class QueueTable
{
    private static readonly QueueAs[] ByRow = [.. CommandTable.All.Select(KindOf)];

    public static QueueAs Of(Command row) => row.Id < ByRow.Length ? ByRow[row.Id] : KindOf(row);

    private static QueueAs KindOf(Command row)
    {
        // Nothing waits in a transaction: what would wait otherwise is answered at once. A message goes out from whichever shard it is sent to.
        if (row.Name is "wait" or "publish" or "spublish" or "eval" or "evalsha" or "eval_ro" or "evalsha_ro" or "fcall" or "fcall_ro") return QueueAs.ForShard;
        if (row.Is(CommandFlags.Blocking)) return QueueAs.ForShard;
        if (row.Name == "unwatch") return QueueAs.Own;
        return RouteTable.Of(row) switch
        {
            RouteKind.Local => LocalCommands.AnswersLater(row) ? QueueAs.Refused : QueueAs.Own,
            RouteKind.OneKey or RouteKind.OneUnit or RouteKind.Split => QueueAs.ForShard,
            _ => QueueAs.Refused,
        };
    }
}
