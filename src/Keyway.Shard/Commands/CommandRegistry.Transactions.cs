using Keyway.Shard.Commands.Transactions;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddTransactions()
    {
        Add("multi", &TransactionCommands.Multi);
        Add("exec", &TransactionCommands.Exec);
        Add("discard", &TransactionCommands.Discard);
        Add("watch", &TransactionCommands.Watch);
        Add("unwatch", &TransactionCommands.Unwatch);
    }
}
