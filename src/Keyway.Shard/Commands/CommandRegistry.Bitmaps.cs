using Keyway.Shard.Commands.Bitmaps;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddBitmaps()
    {
        Add("setbit", &BitCommands.SetBit);
        Add("getbit", &BitCommands.GetBit);
        Add("bitcount", &BitCommands.BitCount);
        Add("bitpos", &BitCommands.BitPos);
        Add("bitop", &BitOpCommand.BitOp);
        Add("bitfield", &BitFieldCommand.BitField);
        Add("bitfield_ro", &BitFieldCommand.BitFieldReadOnly);
    }
}
