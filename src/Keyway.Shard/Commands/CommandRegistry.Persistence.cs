using Keyway.Shard.Commands.Persistence;

namespace Keyway.Shard.Commands;

/// <summary>What is written to files, and the end.</summary>
internal sealed unsafe partial class CommandRegistry
{
    partial void AddPersistence()
    {
        Add("save", &SaveCommands.Save);
        Add("bgsave", &SaveCommands.BackgroundSave);
        Add("lastsave", &SaveCommands.LastSave);
        Add("shutdown", &ShutdownCommand.Shutdown);
        AddJournal();
    }

    partial void AddJournal();
}
