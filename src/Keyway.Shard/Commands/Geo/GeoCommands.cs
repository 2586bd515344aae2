using System.Buffers;
using System.Runtime.CompilerServices;
using Keyway.Shard.Commands.SortedSets;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Geo;

/// <summary>Places as elements of sorted sets, whose scores are the cells that they lie in.</summary>
internal static class GeoCommands
{
    private const int OnStack = 32;
    private const string HashDigits = "0123456789bcdefghjkmnpqrstuvwxyz";

    // GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]
    [SkipLocalsInit]
    public static void GeoAdd(ref CommandContext context)
    {
        int first = 2;
        var options = new AddOptions(AddConditions.None);
        while (first < context.Arguments.Count && IsOption(context.Arguments[first]) && options.TryTake(context.Arguments[first])) first++;

        const AddConditions both = AddConditions.OnlyNew | AddConditions.OnlyPresent;
        int arguments = context.Arguments.Count - first;
        int count = arguments / 3;
        if (arguments == 0 || arguments % 3 != 0 || (options.Conditions & both) == both)
        {
            context.ReplySyntaxError();
            return;
        }

        double[]? rented = count > OnStack ? ArrayPool<double>.Shared.Rent(count) : null;
        Span<double> scores = rented ?? stackalloc double[OnStack];
        scores = scores[..count];
        if (TryReadScores(ref context, first, scores))
        {
            long changes = AddCommands.Apply(ref context, options, scores, first + 2, step: 3);
            if (changes > 0) Propagate(ref context, first, scores, changes);
        }

        if (rented != null) ArrayPool<double>.Shared.Return(rented);
    }

    // GEOPOS key [member [member ...]]
    public static void GeoPos(ref CommandContext context)
    {
        if (!TryFind(ref context, out StoredSortedSet set)) return;

        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            if (set.TryGetScore(context.Arguments[i], out double score)) GeoReply.WritePoint(ref context, GeoPoint.OfScore(score));
            else context.ReplyNullArray();
        }
    }

    // GEOHASH key [member [member ...]]
    public static void GeoHash(ref CommandContext context)
    {
        if (!TryFind(ref context, out StoredSortedSet set)) return;

        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            if (set.TryGetScore(context.Arguments[i], out double score)) WriteHash(ref context, GeoPoint.OfScore(score));
            else context.ReplyNull();
        }
    }

    // GEODIST key member1 member2 [M | KM | FT | MI]
    public static void GeoDist(ref CommandContext context)
    {
        if (context.Arguments.Count > 5)
        {
            context.ReplySyntaxError();
            return;
        }

        double meters = 1;
        if (context.Arguments.Count == 5 && !GeoArguments.TryReadUnit(ref context, 4, out meters)) return;
        if (!TryFind(ref context, out StoredSortedSet set)) return;

        if (set.TryGetScore(context.Arguments[2], out double from) && set.TryGetScore(context.Arguments[3], out double to))
            GeoReply.WriteDistance(ref context, GeoPoint.OfScore(from).DistanceTo(GeoPoint.OfScore(to)) / meters);
        else
            context.ReplyNull();
    }

    private static bool IsOption(ReadOnlySpan<byte> word) => Word.Is(word, "NX"u8) || Word.Is(word, "XX"u8) || Word.Is(word, "CH"u8);

    private static bool TryReadScores(ref CommandContext context, int first, scoped Span<double> scores)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (!GeoArguments.TryReadPoint(ref context, first + (i * 3), out GeoPoint point)) return false;
            scores[i] = point.CellAt(GeoCell.FinestStep).FirstScore;
        }

        return true;
    }

    // Cells are made here once: others add the same scores.
    private static void Propagate(ref CommandContext context, int first, scoped ReadOnlySpan<double> scores, long changes)
    {
        if (!context.Propagation.BeginReplacement(first + (scores.Length * 2), changes)) return;
        context.Propagation.Add("zadd"u8);
        for (int i = 1; i < first; i++) context.Propagation.Add(context.Arguments[i]);
        for (int i = 0; i < scores.Length; i++)
        {
            context.Propagation.AddNumber((long)scores[i]);
            context.Propagation.Add(context.Arguments[first + (i * 3) + 2]);
        }

        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    /// <summary>The set to look into, empty for a missing key; a wrong kind has been answered.</summary>
    private static bool TryFind(ref CommandContext context, out StoredSortedSet set)
    {
        set = default;
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists) return true;
        if (!context.Is(place, ValueKind.SortedSet)) return false;
        set = new StoredSortedSet(context.Keyspace, place.Entry);
        return true;
    }

    // What the world calls a geohash goes up to the poles, so the place is put into cells of another grid; its last digit is always zero.
    private static void WriteHash(ref CommandContext context, GeoPoint point)
    {
        ulong bits = point.CellAt(GeoCell.FinestStep, minLatitude: -90, maxLatitude: 90).Bits;
        Span<byte> text = stackalloc byte[11];
        for (int i = 0; i < 10; i++) text[i] = (byte)HashDigits[(int)(bits >> (47 - (i * 5))) & 31];
        text[10] = (byte)'0';
        context.ReplyBulk(text);
    }
}
