using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on commands that run together.</summary>
internal static class TransactionRows
{
    public static readonly RowGroup Group = new("transactions", Acl.Transaction,
    [
        new Row("discard", 1, NoScript | Loading | Stale | Fast | AllowBusy).InSession()
            .About("2.0.0", "O(N)", "Drops the commands queued since MULTI"),
        new Row("exec", 1, NoScript | Loading | Stale | SkipSlowLog).InSession()
            .About("1.2.0", "Runs the commands queued since MULTI"),
        new Row("multi", 1, NoScript | Loading | Stale | Fast | AllowBusy).InSession()
            .About("1.2.0", "O(1)", "Begins to queue commands that run together"),
        new Row("unwatch", 1, NoScript | Loading | Stale | Fast | AllowBusy).InSession()
            .About("2.2.0", "O(1)", "Forgets the watched keys"),
        new Row("watch", -2, NoScript | Loading | Stale | Fast | AllowBusy).Keys(1, -1, RO).InSession()
            .About("2.2.0", "O(1)", "Lets the next EXEC fail if one of the keys changes before it").Takes("key..."),
    ]);
}
