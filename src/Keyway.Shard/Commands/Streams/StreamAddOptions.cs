using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>What XADD and XTRIM read before an entry's fields: how to shorten the stream, and XADD's ID.</summary>
internal struct StreamAddOptions
{
    // How much one call may delete where only whole nodes go and the client sets no limit, in nodes; and the bounds of what comes out.
    private const long NodesTrimmed = 100;
    private const long TrimmedIfNodesAreUnlimited = 10_000;
    private const long MostTrimmed = 1_000_000;

    public StreamTrim Trim;

    /// <summary>The argument with the length or ID to shorten to; the one before it is "~" or "=", if either was given.</summary>
    public int ThresholdIndex;

    public bool OnlyIfExists;

    /// <summary>Where XADD's ID stands.</summary>
    public int IdIndex;

    public StreamId Id;

    /// <summary>Not "*".</summary>
    public bool HasId;

    /// <summary>Neither "*" nor "ms-*".</summary>
    public bool HasSequence;

    /// <summary>MAXLEN|MINID [=|~] threshold [LIMIT count], and for XADD: [NOMKSTREAM] … *|id. False when an error has been answered.</summary>
    public static bool TryRead(ref CommandContext context, bool forAdd, out StreamAddOptions options)
    {
        options = new StreamAddOptions { HasSequence = true };
        bool hasLimit = false;
        int i = 2;
        for (; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasMore = i + 1 < context.Arguments.Count;
            if (forAdd && IsCString(word, "*"u8)) break;

            bool isMaxLength = Word.Is(word, "MAXLEN"u8);
            if (hasMore && (isMaxLength || Word.Is(word, "MINID"u8)))
            {
                if (!options.TryReadThreshold(ref context, ref i, isMaxLength)) return false;
            }
            else if (hasMore && Word.Is(word, "LIMIT"u8))
            {
                if (!context.TryReadInteger(++i, out options.Trim.Limit)) return false;
                if (options.Trim.Limit < 0) return Refuse(ref context, "ERR The LIMIT argument must be >= 0."u8);
                hasLimit = true;
            }
            else if (forAdd && Word.Is(word, "NOMKSTREAM"u8))
            {
                options.OnlyIfExists = true;
            }
            else if (forAdd)
            {
                if (!StreamId.TryParseForAppend(word, out options.Id, out options.HasSequence))
                {
                    StreamArguments.ReplyInvalidId(ref context);
                    return false;
                }

                options.HasId = true;
                break;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        options.IdIndex = i;
        return options.TrySettleLimit(ref context, forAdd, hasLimit);
    }

    private bool TryReadThreshold(ref CommandContext context, ref int i, bool isMaxLength)
    {
        if (Trim.By != TrimBy.Nothing) return Refuse(ref context, "ERR syntax error, MAXLEN and MINID options at the same time are not compatible"u8);

        bool hasMark = i + 2 < context.Arguments.Count && (IsCString(context.Arguments[i + 1], "~"u8) || IsCString(context.Arguments[i + 1], "="u8));
        Trim.IsApproximate = hasMark && context.Arguments[i + 1][0] == '~';
        if (hasMark) i++;
        i++;

        Trim.By = isMaxLength ? TrimBy.MaxLength : TrimBy.MinId;
        ThresholdIndex = i;
        if (!isMaxLength) return StreamArguments.TryReadId(ref context, i, out Trim.MinId);
        if (!context.TryReadInteger(i, out Trim.MaxLength)) return false;
        return Trim.MaxLength >= 0 || Refuse(ref context, "ERR The MAXLEN argument must be >= 0."u8);
    }

    private bool TrySettleLimit(ref CommandContext context, bool forAdd, bool hasLimit)
    {
        if (Trim.Limit > 0 && Trim.By == TrimBy.Nothing)
            return Refuse(ref context, "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"u8);
        if (!forAdd && Trim.By == TrimBy.Nothing) return Refuse(ref context, "ERR syntax error, XTRIM must be called with a trimming strategy"u8);
        if (context.Client.IsStream)
        {
            // It was settled where the effect comes from, which then says exactly what to keep.
            Trim.Limit = 0;
            return true;
        }

        if (hasLimit) return Trim.IsApproximate || Refuse(ref context, "ERR syntax error, LIMIT cannot be used without the special ~ option"u8);
        if (!Trim.IsApproximate) return true;

        long perNode = context.Server.Settings.StreamNodeMaxEntries;
        if (perNode <= 0) Trim.Limit = TrimmedIfNodesAreUnlimited;
        else Trim.Limit = perNode > MostTrimmed / NodesTrimmed ? MostTrimmed : perNode * NodesTrimmed;
        return true;
    }

    private static bool Refuse(ref CommandContext context, ReadOnlySpan<byte> error)
    {
        context.ReplyError(error);
        return false;
    }

    // Redis looks at the first two characters, of which the second must be the end.
    private static bool IsCString(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark) => text.StartsWith(mark) && (text.Length == 1 || text[1] == 0);
}
