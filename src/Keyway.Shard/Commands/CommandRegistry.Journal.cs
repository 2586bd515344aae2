using Keyway.Shard.Commands.Persistence;

namespace Keyway.Shard.Commands;

/// <summary>What is said to the journal.</summary>
internal sealed unsafe partial class CommandRegistry
{
    partial void AddJournal() => Add("bgrewriteaof", &JournalCommands.BgRewriteAof);
}
