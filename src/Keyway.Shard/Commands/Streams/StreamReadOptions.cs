namespace Keyway.Shard.Commands.Streams;

/// <summary>What stands before the keys of XREAD and XREADGROUP.</summary>
internal struct StreamReadOptions
{
    /// <summary>Not given: the client does not wait.</summary>
    public const long NoTimeout = -1;

    public long TimeoutMs;

    /// <summary>Entries of each stream; 0 is all.</summary>
    public long Count;

    public bool NeedsNoAcknowledgement;

    /// <summary>Where the group's name stands, and behind it the consumer's; 0 for XREAD.</summary>
    public int GroupIndex;

    /// <summary>The keys, and then as many IDs.</summary>
    public int FirstKey;

    public int StreamCount;

    /// <summary>[BLOCK ms] [COUNT n] [NOACK] [GROUP group consumer] STREAMS key [key ...] id [id ...]. False when an error has been answered.</summary>
    public static bool TryRead(ref CommandContext context, bool forGroup, out StreamReadOptions options)
    {
        options = new StreamReadOptions { TimeoutMs = NoTimeout };
        for (int i = 1; i < context.Arguments.Count && options.FirstKey == 0; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            int more = context.Arguments.Count - i - 1;
            if (more > 0 && Word.Is(word, "BLOCK"u8))
            {
                if (!context.TryReadTimeoutMs(++i, out options.TimeoutMs)) return false;
            }
            else if (more > 0 && Word.Is(word, "COUNT"u8))
            {
                if (!context.TryReadInteger(++i, out options.Count)) return false;
                options.Count = Math.Max(0, options.Count);
            }
            else if (more > 0 && Word.Is(word, "STREAMS"u8))
            {
                options.FirstKey = i + 1;
                options.StreamCount = more / 2;
                if (more % 2 == 1) return Refuse(ref context, "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."u8);
            }
            else if (more > 1 && Word.Is(word, "GROUP"u8))
            {
                if (!forGroup) return Refuse(ref context, "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead."u8);
                options.GroupIndex = i + 1;
                i += 2;
            }
            else if (Word.Is(word, "NOACK"u8))
            {
                if (!forGroup) return Refuse(ref context, "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead."u8);
                options.NeedsNoAcknowledgement = true;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        if (options.FirstKey == 0)
        {
            context.ReplySyntaxError();
            return false;
        }

        return !forGroup || options.GroupIndex > 0 || Refuse(ref context, "ERR Missing GROUP option for XREADGROUP"u8);
    }

    private static bool Refuse(ref CommandContext context, ReadOnlySpan<byte> error)
    {
        context.ReplyError(error);
        return false;
    }
}
