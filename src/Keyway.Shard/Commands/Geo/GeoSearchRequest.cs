using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Geo;

/// <summary>What GEOSEARCH, GEORADIUS and their kin ask for: a shape, what to tell of what lies in it, how many, in which order, and where to keep it.</summary>
internal struct GeoSearchRequest()
{
    public GeoShape Shape = new();
    public bool WithDistance;
    public bool WithHash;
    public bool WithPoint;

    /// <summary>Null: as they are found.</summary>
    public GeoOrder? Order;

    /// <summary>0: all.</summary>
    public long Count;

    /// <summary>The first that are found will do.</summary>
    public bool TakesAny;

    /// <summary>The argument that is the key to store under; 0: none.</summary>
    public int Target;

    /// <summary>Distances are stored as scores.</summary>
    public bool StoresDistance;

    private bool _hasMember, _hasPoint, _hasRadius, _hasBox;

    /// <summary>Reads the options of GEORADIUS and GEORADIUSBYMEMBER from this argument on; when false an error has been answered.</summary>
    public bool TryReadRadiusOptions(ref CommandContext context, int first, bool mayStore)
    {
        for (int i = first; i < context.Arguments.Count; i++)
        {
            if (TryTakeCommon(ref context, ref i, out bool isSound))
            {
                if (!isSound) return false;
                continue;
            }

            ReadOnlySpan<byte> word = context.Arguments[i];
            bool isDistance = Word.Is(word, "STOREDIST"u8);
            if (!mayStore || i + 1 == context.Arguments.Count || !(isDistance || Word.Is(word, "STORE"u8)))
            {
                context.ReplySyntaxError();
                return false;
            }

            // The last one counts.
            Target = ++i;
            StoresDistance = isDistance;
        }

        return AreCompatible(ref context, "STORE option in GEORADIUS") && AnyHasCount(ref context);
    }

    /// <summary>Reads all that GEOSEARCH and GEOSEARCHSTORE take behind the key; when false an error has been answered.</summary>
    public bool TryReadSearchOptions(ref CommandContext context, int first, StoredSortedSet set, bool exists, bool stores)
    {
        for (int i = first; i < context.Arguments.Count; i++)
        {
            if (TryTakeCommon(ref context, ref i, out bool isSound) || TryTakeShape(ref context, ref i, set, exists, out isSound))
            {
                if (!isSound) return false;
                continue;
            }

            if (!stores || !Word.Is(context.Arguments[i], "STOREDIST"u8))
            {
                context.ReplySyntaxError();
                return false;
            }

            StoresDistance = true;
        }

        if (stores) Target = 1;
        return AreCompatible(ref context, "GEOSEARCHSTORE") && HasShape(ref context) && AnyHasCount(ref context);
    }

    /// <summary>The place of a member; else an error has been answered.</summary>
    public bool TryStartAt(ref CommandContext context, StoredSortedSet set, int index)
    {
        if (!set.TryGetScore(context.Arguments[index], out double score))
        {
            context.ReplyError("ERR could not decode requested zset member"u8);
            return false;
        }

        Shape.Center = GeoPoint.OfScore(score);
        return true;
    }

    /// <summary>True when the word is an option of all these commands; if it is not sound, an error has been answered.</summary>
    private bool TryTakeCommon(ref CommandContext context, ref int i, out bool isSound)
    {
        isSound = true;
        ReadOnlySpan<byte> word = context.Arguments[i];
        if (Word.Is(word, "WITHDIST"u8)) WithDistance = true;
        else if (Word.Is(word, "WITHHASH"u8)) WithHash = true;
        else if (Word.Is(word, "WITHCOORD"u8)) WithPoint = true;
        else if (Word.Is(word, "ANY"u8)) TakesAny = true;
        else if (Word.Is(word, "ASC"u8)) Order = GeoOrder.Ascending;
        else if (Word.Is(word, "DESC"u8)) Order = GeoOrder.Descending;
        else if (Word.Is(word, "COUNT"u8) && i + 1 < context.Arguments.Count) isSound = TryReadCount(ref context, ++i);
        else return false;
        return true;
    }

    private bool TryReadCount(ref CommandContext context, int index)
    {
        if (!context.TryReadInteger(index, out Count)) return false;
        if (Count > 0) return true;
        context.ReplyError("ERR COUNT must be > 0"u8);
        return false;
    }

    private bool TryTakeShape(ref CommandContext context, ref int i, StoredSortedSet set, bool exists, out bool isSound)
    {
        isSound = true;
        ReadOnlySpan<byte> word = context.Arguments[i];
        int following = context.Arguments.Count - i - 1;
        if (following >= 1 && !_hasPoint && Word.Is(word, "FROMMEMBER"u8))
        {
            // In a missing set nothing is looked for.
            isSound = !exists || TryStartAt(ref context, set, i + 1);
            _hasMember = true;
            i++;
        }
        else if (following >= 2 && !_hasMember && Word.Is(word, "FROMLONLAT"u8))
        {
            isSound = GeoArguments.TryReadPoint(ref context, i + 1, out Shape.Center);
            _hasPoint = true;
            i += 2;
        }
        else if (following >= 2 && !_hasBox && Word.Is(word, "BYRADIUS"u8))
        {
            isSound = GeoArguments.TryReadRadius(ref context, i + 1, ref Shape);
            _hasRadius = true;
            i += 2;
        }
        else if (following >= 3 && !_hasRadius && Word.Is(word, "BYBOX"u8))
        {
            isSound = GeoArguments.TryReadBox(ref context, i + 1, ref Shape);
            _hasBox = true;
            i += 3;
        }
        else
        {
            return false;
        }

        return true;
    }

    private readonly bool AreCompatible(ref CommandContext context, string who)
    {
        if (Target == 0 || !(WithDistance || WithHash || WithPoint)) return true;
        context.ReplyError($"ERR {who} is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
        return false;
    }

    private readonly bool HasShape(ref CommandContext context)
    {
        if (!_hasMember && !_hasPoint) context.ReplyError(CommandContext.Concatenate("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ", context.Arguments[0], ""));
        else if (!_hasRadius && !_hasBox) context.ReplyError(CommandContext.Concatenate("ERR exactly one of BYRADIUS and BYBOX can be specified for ", context.Arguments[0], ""));
        else return true;
        return false;
    }

    private readonly bool AnyHasCount(ref CommandContext context)
    {
        if (!TakesAny || Count > 0) return true;
        context.ReplyError("ERR the ANY argument requires COUNT argument"u8);
        return false;
    }
}
