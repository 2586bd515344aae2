using Keyway.Shard.Commands.Serialization;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddSerialization()
    {
        Add("dump", &DumpCommand.Dump);
        Add("restore", &RestoreCommand.Restore);
        Add("restore-asking", &RestoreCommand.Restore);
    }
}
