using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Keyway.Protocol.Commands;

/// <summary>
/// COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of a request as Redis finds them without running it. Where the request is malformed that is not what
/// <see cref="KeyExtractor"/> finds: Redis reads the key specifications, and falls back on rules of its own where they lead nowhere.
/// </summary>
internal static class CommandKeysReply
{
    private const KeyAccess NotTold = 0;

    // COMMAND GETKEYS command [argument ...]
    public static void Write(in Arguments request, ReplyBuffer reply, bool resp3, bool withFlags, CommandSet commands, Func<Command, bool> isServed)
    {
        Command? row = commands.Resolve(request);
        if (row is null || !isServed(row))
        {
            reply.WriteError("ERR Invalid command specified"u8);
            return;
        }
        if (!row.KeySpecs.Any(spec => !spec.Access.HasFlag(KeyAccess.NotKey)))
        {
            reply.WriteError("ERR The command has no key arguments"u8);
            return;
        }
        if (!row.Takes(request.Count))
        {
            reply.WriteError("ERR Invalid number of arguments specified for command"u8);
            return;
        }

        List<KeyReference> keys = Find(row, request);
        if (keys.Count == 0 && !row.Is(CommandFlags.NoMandatoryKeys))
        {
            reply.WriteError("ERR Invalid arguments specified for command"u8);
            return;
        }

        reply.WriteArray(keys.Count);
        foreach (KeyReference key in keys)
        {
            if (withFlags) reply.WriteArray(2);
            reply.WriteBulk(request[key.Index]);
            if (withFlags) CommandReplies.WriteStatuses(reply, CommandNames.Of(key.Access), resp3);
        }
    }

    private static List<KeyReference> Find(Command row, in Arguments request)
    {
        switch (row.Rule)
        {
            case KeyRule.Sort:
                return FindSort(row, request);
            case KeyRule.Migrate:
                return FindMigrate(row, request);
        }

        if (TryFindSpecified(row, request, out List<KeyReference>? keys)) return keys;
        if (row.Rule == KeyRule.Streams) return FindStreams(request);
        return row.KeySpecs.FirstOrDefault(spec => spec.Span == KeySpan.Counted) is { } counted ? FindCounted(row, counted, request) : [];
    }

    private static bool TryFindSpecified(Command row, in Arguments request, [NotNullWhen(true)] out List<KeyReference>? keys)
    {
        var found = new List<KeyReference>();
        keys = null;
        foreach (KeySpec spec in row.KeySpecs)
        {
            if (spec.Access.HasFlag(KeyAccess.NotKey)) continue;
            if (spec.Search == KeySearch.Unknown) return false;

            int first = spec.Search == KeySearch.Index ? spec.Start : BehindKeyword(spec, request);
            if (first == 0) continue;
            if (!TryFindLast(spec, request, ref first, out long last)) return false;
            if (last >= request.Count || last < first || first >= request.Count) return false;

            for (int i = first; i <= last; i += spec.Step)
            {
                var key = new KeyReference(i, spec.Access);
                found.Add(key with { Access = KeyExtractor.ExactAccess(row, request, key) });
            }
        }

        keys = found;
        return true;
    }

    private static bool TryFindLast(KeySpec spec, in Arguments request, ref int first, out long last)
    {
        last = first;
        if (spec.Span == KeySpan.Counted)
        {
            if (!RespNumber.TryParseLong(request[first + spec.NumberAt], out long count) || count < 0) return false;
            first += spec.FirstKey;
            last = first + ((unchecked((int)count) - 1L) * spec.Step);
            return true;
        }

        if (spec.LastKey >= 0) last = first + spec.LastKey;
        else last = spec.Share > 1 ? first + ((request.Count - first) / spec.Share) + spec.LastKey : request.Count + spec.LastKey;
        return true;
    }

    /// <returns>The argument behind the keyword; 0 if it is not there, or is the last one.</returns>
    private static int BehindKeyword(KeySpec spec, in Arguments request)
    {
        for (int i = spec.Start; i < request.Count - 1; i++)
        {
            if (Says(request[i], spec.Keyword)) return i + 1;
        }
        return 0;
    }

    // The number is read as C's atoi reads it, so that "1x" is one: the specification did not take it for a number.
    private static List<KeyReference> FindCounted(Command row, KeySpec spec, in Arguments request)
    {
        int numberAt = spec.Start + spec.NumberAt;
        int first = spec.Start + spec.FirstKey;
        int count = LeadingNumber(request[numberAt]);
        if (count < 1 || count > request.Count - first) return [];

        var keys = new List<KeyReference>();
        for (int i = 0; i < count; i++) keys.Add(new KeyReference(first + i, NotTold));
        if (row.KeySpecs[0].Span == KeySpan.Range) keys.Add(new KeyReference(row.KeySpecs[0].Start, NotTold));      // a destination comes last
        return keys;
    }

    private static int LeadingNumber(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\n\v\f\r"u8);
        bool isNegative = text is [(byte)'-', ..];
        if (text is [(byte)'-' or (byte)'+', ..]) text = text[1..];
        long number = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9') break;
            number = number > (long.MaxValue - 9) / 10 ? long.MaxValue - 9 : (number * 10) + b - '0';
        }
        return unchecked((int)(isNegative ? -number : number));
    }

    // XREAD [COUNT n] [BLOCK ms] STREAMS k k id id, after the specification has come to nothing
    private static List<KeyReference> FindStreams(in Arguments request)
    {
        var keys = new List<KeyReference>();
        for (int i = 1; i < request.Count; i++)
        {
            ReadOnlySpan<byte> word = request[i];
            if (Says(word, "STREAMS"))
            {
                int left = request.Count - i - 1;
                for (int j = 1; left % 2 == 0 && j <= left / 2; j++) keys.Add(new KeyReference(i + j, NotTold));
                break;
            }

            if (Says(word, "BLOCK") || Says(word, "COUNT")) i++;
            else if (Says(word, "GROUP")) i += 2;
            else if (!Says(word, "NOACK")) break;
        }
        return keys;
    }

    // SORT key [BY pattern] [LIMIT offset count] [GET pattern]... [STORE destination]: the last destination alone
    private static List<KeyReference> FindSort(Command row, in Arguments request)
    {
        var keys = new List<KeyReference> { new(1, row.KeySpecs[0].Access) };
        if (!row.Is(CommandFlags.Write)) return keys;

        int destination = 0;
        for (int i = 2; i < request.Count; i++)
        {
            ReadOnlySpan<byte> word = request[i];
            if (Says(word, "LIMIT")) i += 2;
            else if (Says(word, "GET") || Says(word, "BY")) i++;
            else if (Says(word, "STORE") && i + 1 < request.Count) destination = i + 1;
        }

        if (destination > 0) keys.Add(new KeyReference(destination, KeyAccess.OW | KeyAccess.Update));
        return keys;
    }

    // MIGRATE host port key db timeout [COPY] [REPLACE] [AUTH password | AUTH2 user password] [KEYS key...]
    private static List<KeyReference> FindMigrate(Command row, in Arguments request)
    {
        KeyAccess access = row.KeySpecs[0].Access & ~KeyAccess.Incomplete;
        var keys = new List<KeyReference>();
        for (int i = 6; i < request.Count; i++)
        {
            ReadOnlySpan<byte> word = request[i];
            if (Says(word, "KEYS"))
            {
                for (int j = i + 1; request[3].IsEmpty && j < request.Count; j++) keys.Add(new KeyReference(j, access));
                return keys;
            }

            if (Says(word, "AUTH")) i++;
            else if (Says(word, "AUTH2")) i += 2;
        }

        keys.Add(new KeyReference(3, access));
        return keys;
    }

    private static bool Says(ReadOnlySpan<byte> argument, string word) => Ascii.EqualsIgnoreCase(argument, word);
}
