namespace Keyway.Shard.Commands;

/// <summary>
/// The count of SRANDMEMBER, HRANDFIELD and ZRANDMEMBER: positive for so many different elements, if there are so many; negative for exactly so many,
/// which may repeat.
/// </summary>
internal static class RandomCount
{
    // No value may be longer, and so no reply that is made of repetitions.
    private const long LongestReply = 512 * 1024 * 1024;
    private const int ShortestElement = 6;      // "$0\r\n\r\n"

    /// <summary>Any number that has a negative; else an error has been answered.</summary>
    public static bool TryRead(ref CommandContext context, int index, out long count)
    {
        if (!context.TryReadInteger(index, out count)) return false;
        if (count != long.MinValue) return true;
        context.ReplyError("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"u8);
        return false;
    }

    /// <summary>False when no client could ever read so many repetitions, and an error has been answered. Redis would try.</summary>
    public static bool MayRepeat(ref CommandContext context, long times)
    {
        if (times <= LongestReply / ShortestElement) return true;
        context.ReplyError("ERR value is out of range"u8);
        return false;
    }

    /// <summary>Ends the connection of a client to which more is owed than it can be meant to read: the rest of the reply need not be made.</summary>
    public static bool GivesUp(ref CommandContext context)
    {
        if (context.Reply.Length <= LongestReply) return false;
        context.Client.CloseAtOnce();
        return true;
    }
}
