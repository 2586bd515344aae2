using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>IDs as clients write them.</summary>
internal static class StreamArguments
{
    /// <summary>An ID in full, or its time alone; else it has been answered.</summary>
    public static bool TryReadId(ref CommandContext context, int index, out StreamId id)
    {
        if (StreamId.TryParse(context.Arguments[index], missingSequence: 0, out id)) return true;
        ReplyInvalidId(ref context);
        return false;
    }

    /// <summary>All arguments from this one on as IDs, so that a wrong one is found before anything is done; else it has been answered.</summary>
    public static bool AreIds(ref CommandContext context, int first)
    {
        for (int i = first; i < context.Arguments.Count; i++)
        {
            if (!TryReadId(ref context, i, out _)) return false;
        }

        return true;
    }

    /// <summary>Where a range begins: an ID, "-", "+", or "(" and an ID that itself does not belong to it.</summary>
    public static bool TryReadStart(ref CommandContext context, int index, out StreamId start)
    {
        if (!TryReadBound(ref context, index, missingSequence: 0, out start, out bool isExclusive)) return false;
        if (!isExclusive || start.TryIncrement(out start)) return true;
        context.ReplyError("ERR invalid start ID for the interval"u8);
        return false;
    }

    public static bool TryReadEnd(ref CommandContext context, int index, out StreamId end)
    {
        if (!TryReadBound(ref context, index, missingSequence: ulong.MaxValue, out end, out bool isExclusive)) return false;
        if (!isExclusive || end.TryDecrement(out end)) return true;
        context.ReplyError("ERR invalid end ID for the interval"u8);
        return false;
    }

    public static void ReplyInvalidId(ref CommandContext context) => context.ReplyError("ERR Invalid stream ID specified as stream command argument"u8);

    private static bool TryReadBound(ref CommandContext context, int index, ulong missingSequence, out StreamId id, out bool isExclusive)
    {
        ReadOnlySpan<byte> text = context.Arguments[index];
        isExclusive = text.Length > 1 && text[0] == '(';
        bool isValid = isExclusive ? StreamId.TryParse(text[1..], missingSequence, out id) : StreamId.TryParseBound(text, missingSequence, out id);
        if (!isValid) ReplyInvalidId(ref context);
        return isValid;
    }
}
