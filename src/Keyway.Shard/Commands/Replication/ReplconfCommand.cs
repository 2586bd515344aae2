using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Replication;

/// <summary>What a replica says of itself, before it asks for the data and after.</summary>
internal static class ReplconfCommand
{
    private const int LongestAddress = 255;

    // REPLCONF [option value [option value ...]]
    public static void Replconf(ref CommandContext context)
    {
        if (context.Arguments.Count % 2 == 0)
        {
            context.ReplySyntaxError();
            return;
        }

        for (int i = 1; i < context.Arguments.Count; i += 2)
        {
            if (!TryTake(ref context, context.Arguments[i], i + 1)) return;
        }

        context.ReplyOk();
    }

    /// <returns>False when there is an end of it: with an error, or without any answer.</returns>
    private static bool TryTake(ref CommandContext context, ReadOnlySpan<byte> option, int index)
    {
        ReadOnlySpan<byte> value = context.Arguments[index];
        if (Word.Is(option, "listening-port"u8))
        {
            if (!context.TryReadInteger(index, out long port)) return false;
            context.Client.OpenReplica().ListeningPort = unchecked((int)port);
            return true;
        }

        if (Word.Is(option, "ip-address"u8)) return TryTakeAddress(ref context, value);
        if (Word.Is(option, "rdb-only"u8)) return TryTakeSnapshotOnly(ref context, index);
        if (Word.Is(option, "rdb-filter-only"u8)) return TryTakeFilter(ref context, value);
        if (Word.Is(option, "capa"u8))
        {
            // Those that are not understood are for masters that do.
            if (Word.Is(value, "eof"u8)) context.Client.OpenReplica().Capabilities |= ReplicaCapabilities.EndMark;
            else if (Word.Is(value, "psync2"u8)) context.Client.OpenReplica().Capabilities |= ReplicaCapabilities.NewName;
            return true;
        }

        if (Word.Is(option, "ack"u8))
        {
            if (context.Client.IsReplica && RespNumber.TryParseLong(value, out long offset)) context.Server.Replicas.OnAck(context.Client.Replica!, offset);
            return false;
        }

        if (Word.Is(option, "getack"u8))
        {
            context.Server.AcknowledgeToMaster();
            return false;
        }

        context.ReplyError(CommandContext.Concatenate("ERR Unrecognized REPLCONF option: ", option, ""));
        return false;
    }

    private static bool TryTakeAddress(ref CommandContext context, ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestAddress)
        {
            context.ReplyError($"ERR REPLCONF ip-address provided by replica instance is too long: {value.Length} bytes");
            return false;
        }

        context.Client.OpenReplica().AnnouncedAddress = LogText.Of(value);
        return true;
    }

    private static bool TryTakeSnapshotOnly(ref CommandContext context, int index)
    {
        if (!context.TryReadInteger(index, out long isOnly)) return false;
        if (isOnly is not (0 or 1))
        {
            context.ReplyError("ERR value is out of range, value must between 0 and 1"u8);
            return false;
        }

        context.Client.OpenReplica().WantsSnapshotOnly = isOnly == 1;
        return true;
    }

    // The value holds words as a line of a configuration file does: what is named is wanted, the rest is not.
    private static bool TryTakeFilter(ref CommandContext context, ReadOnlySpan<byte> value)
    {
        List<string>? words = ConfLine.Split(ByteText.Of(value));
        if (words == null)
        {
            context.ReplyError("ERR Missing rdb-filter-only values"u8);
            return false;
        }

        Replica replica = context.Client.OpenReplica();
        replica.Filter = SnapshotFilter.WithoutData | SnapshotFilter.WithoutFunctions;
        foreach (string word in words)
        {
            if (!word.Equals("functions", StringComparison.OrdinalIgnoreCase))
            {
                context.ReplyError([.. "ERR Unsupported rdb-filter-only option: "u8, .. ByteText.ToBytes(word)]);
                return false;
            }

            replica.Filter &= ~SnapshotFilter.WithoutFunctions;
        }

        return true;
    }
}
