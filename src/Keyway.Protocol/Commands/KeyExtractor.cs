using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Keyway.Protocol.Commands;

/// <summary>
/// Finds the keys that a server would touch when it runs a request. That is not always what COMMAND GETKEYS names: in SORT k STORE by STORE x that
/// answers by, but it is x that is written.
/// </summary>
public static class KeyExtractor
{
    // Words before STREAMS that are looked at again each time a part of a request arrives; past that, the whole request is awaited.
    private const int WordsBeforeStreams = 64;

    private enum Search : byte
    {
        Done,
        NeedMore,
        Invalid,
    }

    /// <summary>All keys of a complete request whose number of arguments has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KeyStatus Extract(Command row, in Arguments arguments, ref KeyList keys)
    {
        Debug.Assert(row.Takes(arguments.Count));
        keys.Clear();
        if (row.SimpleKey == 0) return ExtractOther(row, arguments, ref keys);

        keys.Add(row.SimpleKey, row.SimpleKeyAccess);
        return KeyStatus.Found;
    }

    /// <summary>
    /// The keys of a request of which only the first arguments have come, as far as they can be known. A container's row (CONFIG, XGROUP) is not one
    /// to ask about: await the subcommand first.
    /// </summary>
    /// <param name="declaredCount">How many arguments it will have, checked against the row.</param>
    public static PartialKeys ExtractPartial(Command row, in Arguments soFar, long declaredCount, ref KeyList keys)
    {
        keys.Clear();
        switch (Find(row, soFar, declaredCount, ref keys))
        {
            case Search.Done:
                return PartialKeys.Certain;
            case Search.Invalid:
                return PartialKeys.Invalid;
            default:
                keys.Clear();
                return PartialKeys.NeedMore;
        }
    }

    /// <summary>What a command does with a key, also where the other arguments decide that (SET with or without GET).</summary>
    public static KeyAccess ExactAccess(Command row, in Arguments arguments, KeyReference key)
    {
        if (!key.Access.HasFlag(KeyAccess.VariableFlags)) return key.Access;
        return row.Name switch
        {
            "set" => SetsAndGets(arguments) ? KeyAccess.RW | KeyAccess.Access | KeyAccess.Update : KeyAccess.OW | KeyAccess.Update,
            "bitfield" => OnlyGetsBits(arguments) ? KeyAccess.RO | KeyAccess.Access : KeyAccess.RW | KeyAccess.Access | KeyAccess.Update,
            _ => key.Access,
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static KeyStatus ExtractOther(Command row, in Arguments arguments, ref KeyList keys)
    {
        if (row.KeySpecs.IsEmpty) return KeyStatus.None;
        if (Find(row, arguments, arguments.Count, ref keys) == Search.Invalid) return KeyStatus.Invalid;
        return keys.Count > 0 ? KeyStatus.Found : KeyStatus.None;
    }

    private static Search Find(Command row, in Arguments arguments, long declared, ref KeyList keys) => row.Rule switch
    {
        KeyRule.Streams => FindStreams(row, arguments, declared, ref keys),
        KeyRule.Sort => FindSort(row, arguments, declared, ref keys),
        KeyRule.GeoStore => FindGeoStore(row, arguments, declared, ref keys),
        KeyRule.Migrate => FindMigrate(row, arguments, declared, ref keys),
        _ => FindSpecified(row, arguments, declared, ref keys),
    };

    private static Search FindSpecified(Command row, in Arguments arguments, long declared, ref KeyList keys)
    {
        foreach (KeySpec spec in row.KeySpecs)
        {
            long start = spec.Start;
            if (spec.Search == KeySearch.Keyword)
            {
                start = BehindKeyword(spec, arguments, declared);
                if (start < 0) return Search.NeedMore;
                if (start == 0) continue;
            }
            else if (spec.Search == KeySearch.Unknown)
            {
                keys.TouchesUnnamedKeys = true;
                continue;
            }

            Search found = spec.Span == KeySpan.Counted
                ? AddCounted(row, spec, start, arguments, declared, ref keys)
                : AddRange(row, spec, start, arguments, declared, ref keys);
            if (found != Search.Done) return found;
        }
        return Search.Done;
    }

    // MSET k v k v: the range ends with the last argument, so its steps must come out even.
    private static Search AddRange(Command row, KeySpec spec, long first, in Arguments arguments, long declared, ref KeyList keys)
    {
        long last = spec.LastKey >= 0 ? first + spec.LastKey : declared + spec.LastKey;
        if (spec.Share > 1) last = first + (declared - first) / spec.Share - 1;
        if (spec.Step > 1 && (declared - first) % spec.Step != 0) return Refuse(ref keys, KeyErrors.WrongArity(row));

        last = Math.Min(last, declared - 1);
        return Add(spec.Access, first, last, spec.Step, arguments, ref keys);
    }

    // EVAL script 2 k k arg
    private static Search AddCounted(Command row, KeySpec spec, long start, in Arguments arguments, long declared, ref KeyList keys)
    {
        long numberAt = start + spec.NumberAt;
        if (numberAt >= declared) return Refuse(ref keys, KeyErrors.Syntax);
        if (numberAt >= arguments.Count) return Search.NeedMore;

        long first = start + spec.FirstKey;
        long most = (declared - first + spec.Step - 1) / spec.Step;
        long least = row.Is(CommandFlags.NoMandatoryKeys) ? 0 : 1;
        bool isNumber = RespNumber.TryParseLong(arguments[(int)numberAt], out long count);
        if (!isNumber || count < least || count > most) return Refuse(ref keys, KeyErrors.BadCount(row, arguments, isNumber, count));

        return Add(spec.Access, first, first + (count - 1) * spec.Step, spec.Step, arguments, ref keys);
    }

    private static Search Add(KeyAccess access, long first, long last, int step, in Arguments arguments, ref KeyList keys)
    {
        long lastKey = first + (last - first) / step * step;
        if (lastKey >= arguments.Count) return Search.NeedMore;
        for (long i = first; i <= last; i += step) keys.Add((int)i, access);
        return Search.Done;
    }

    /// <returns>The argument behind the keyword; 0 if it is not there, -1 if it may still come.</returns>
    private static long BehindKeyword(KeySpec spec, in Arguments arguments, long declared)
    {
        if (spec.Start < 0)
        {
            if (arguments.Count < declared) return -1;
            for (long i = declared + spec.Start; i > 0; i--)
            {
                if (Says(arguments[(int)i], spec.Keyword)) return i + 1;
            }
            return 0;
        }

        for (int i = spec.Start; i < arguments.Count; i++)
        {
            if (Says(arguments[i], spec.Keyword)) return i + 1;
        }
        return arguments.Count < declared ? -1 : 0;
    }

    // XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS k k id id
    private static Search FindStreams(Command row, in Arguments arguments, long declared, ref KeyList keys)
    {
        bool ofGroup = row.Is(CommandFlags.Write);      // only XREADGROUP changes something
        bool namesGroup = false;
        for (long i = 1; i < declared; i++)
        {
            if (i >= arguments.Count || (arguments.Count < declared && i > WordsBeforeStreams)) return Search.NeedMore;

            ReadOnlySpan<byte> word = arguments[(int)i];
            long left = declared - i - 1;
            if (Says(word, "STREAMS") && left > 0)
            {
                if (left % 2 != 0) return Refuse(ref keys, KeyErrors.UnbalancedStreams);
                if (ofGroup && !namesGroup) return Refuse(ref keys, KeyErrors.MissingGroup);
                return Add(row.KeySpecs[0].Access, i + 1, i + left / 2, 1, arguments, ref keys);
            }

            bool isBlock = Says(word, "BLOCK");
            if ((isBlock || Says(word, "COUNT")) && left > 0)
            {
                i++;
                if (i >= arguments.Count) return Search.NeedMore;
                bool isNumber = RespNumber.TryParseLong(arguments[(int)i], out long number);
                if (!isNumber) return Refuse(ref keys, isBlock ? KeyErrors.TimeoutNotInteger : KeyErrors.NotInteger);
                if (isBlock && number < 0) return Refuse(ref keys, KeyErrors.TimeoutNegative);
            }
            else if (Says(word, "GROUP") && left > 1)
            {
                if (!ofGroup) return Refuse(ref keys, KeyErrors.OnlyOfGroups("GROUP"));
                namesGroup = true;
                i += 2;
            }
            else if (Says(word, "NOACK"))
            {
                if (!ofGroup) return Refuse(ref keys, KeyErrors.OnlyOfGroups("NOACK"));
            }
            else
            {
                return Refuse(ref keys, KeyErrors.Syntax);
            }
        }
        return Refuse(ref keys, KeyErrors.Syntax);
    }

    // SORT key [BY pattern] [LIMIT offset count] [GET pattern]... [ASC | DESC] [ALPHA] [STORE destination]
    // A word that is none of these is passed over: the server's own error is better than ours, and it touches nothing then.
    private static Search FindSort(Command row, in Arguments arguments, long declared, ref KeyList keys)
    {
        if (arguments.Count < declared) return Search.NeedMore;     // a destination may come last

        keys.Add(1, row.KeySpecs[0].Access);
        for (int i = 2; i < arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = arguments[i];
            int left = arguments.Count - i - 1;
            if (left < 1) break;

            if (Says(word, "LIMIT") && left > 1)
            {
                i += 2;
            }
            else if (Says(word, "BY") || Says(word, "GET"))
            {
                i++;
                if (arguments[i].Contains((byte)'*')) keys.TouchesUnnamedKeys = true;     // without one it names no key, whatever it says
            }
            else if (Says(word, "STORE") && row.Is(CommandFlags.Write))
            {
                i++;
                keys.Add(i, KeyAccess.OW | KeyAccess.Update);
            }
        }
        keys.MarkSuperseded(from: 1);
        return Search.Done;
    }

    // GEORADIUS key longitude latitude radius unit [COUNT n [ANY]] … [STORE key | STOREDIST key]
    private static Search FindGeoStore(Command row, in Arguments arguments, long declared, ref KeyList keys)
    {
        if (arguments.Count < declared) return Search.NeedMore;

        keys.Add(1, row.KeySpecs[0].Access);
        for (int i = row.KeySpecs[1].Start; i < arguments.Count - 1; i++)
        {
            ReadOnlySpan<byte> word = arguments[i];
            if (Says(word, "COUNT"))
            {
                i++;
            }
            else if (Says(word, "STORE") || Says(word, "STOREDIST"))
            {
                i++;
                keys.Add(i, row.KeySpecs[1].Access);
            }
        }
        keys.MarkSuperseded(from: 1);
        return Search.Done;
    }

    // MIGRATE host port key db timeout [COPY] [REPLACE] [AUTH password | AUTH2 user password] [KEYS key...]
    private static Search FindMigrate(Command row, in Arguments arguments, long declared, ref KeyList keys)
    {
        if (arguments.Count < declared) return Search.NeedMore;

        KeyAccess access = row.KeySpecs[0].Access;
        for (int i = 6; i < arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = arguments[i];
            int left = arguments.Count - i - 1;
            if (Says(word, "KEYS"))
            {
                if (!arguments[3].IsEmpty) return Refuse(ref keys, KeyErrors.MigrateKeyNotEmpty);
                return Add(access, i + 1, arguments.Count - 1, 1, arguments, ref keys);
            }

            if (Says(word, "AUTH") && left > 0) i++;
            else if (Says(word, "AUTH2") && left > 1) i += 2;
            else if (!Says(word, "COPY") && !Says(word, "REPLACE")) return Refuse(ref keys, KeyErrors.Syntax);
        }
        keys.Add(3, access);
        return Search.Done;
    }

    private static bool SetsAndGets(in Arguments arguments)
    {
        for (int i = 3; i < arguments.Count; i++)
        {
            if (Says(arguments[i], "GET")) return true;
        }
        return false;
    }

    // BITFIELD key [GET type offset] [OVERFLOW how] [SET type offset value] [INCRBY type offset value]
    private static bool OnlyGetsBits(in Arguments arguments)
    {
        for (int i = 2; i < arguments.Count; i++)
        {
            int left = arguments.Count - i - 1;
            if (Says(arguments[i], "GET") && left >= 2) i += 2;
            else if (Says(arguments[i], "OVERFLOW") && left >= 1) i++;
            else return false;
        }
        return true;
    }

    private static bool Says(ReadOnlySpan<byte> argument, string word) => argument.Length == word.Length && Ascii.EqualsIgnoreCase(argument, word);

    private static Search Refuse(ref KeyList keys, string error)
    {
        keys.Clear();
        keys.Error = error;
        return Search.Invalid;
    }
}
