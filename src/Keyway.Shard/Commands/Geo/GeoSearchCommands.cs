using System.Runtime.InteropServices;
using Keyway.Shard.Commands.Sorting;
using Keyway.Shard.Commands.SortedSets;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Geo;

/// <summary>The places in a circle or a box.</summary>
internal static class GeoSearchCommands
{
    private const int CellsOfCover = 9;

    // GEORADIUS key longitude latitude radius M | KM | FT | MI [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]
    public static void GeoRadius(ref CommandContext context) => AroundPoint(ref context, mayStore: true);

    // GEORADIUS_RO key longitude latitude radius M | KM | FT | MI [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]
    public static void GeoRadiusReadOnly(ref CommandContext context) => AroundPoint(ref context, mayStore: false);

    // GEORADIUSBYMEMBER key member radius M | KM | FT | MI [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]
    public static void GeoRadiusByMember(ref CommandContext context) => AroundMember(ref context, mayStore: true);

    // GEORADIUSBYMEMBER_RO key member radius M | KM | FT | MI [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]
    public static void GeoRadiusByMemberReadOnly(ref CommandContext context) => AroundMember(ref context, mayStore: false);

    // GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX width height unit
    //   [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]
    public static void GeoSearch(ref CommandContext context)
    {
        if (!TryFind(ref context, 1, out StoredSortedSet set, out bool exists)) return;
        var request = new GeoSearchRequest();
        if (request.TryReadSearchOptions(ref context, 2, set, exists, stores: false)) Answer(ref context, request, set, "geosearchstore"u8);
    }

    // GEOSEARCHSTORE destination source FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX width height unit
    //   [ASC | DESC] [COUNT count [ANY]] [STOREDIST]
    public static void GeoSearchStore(ref CommandContext context)
    {
        if (!TryFind(ref context, 2, out StoredSortedSet set, out bool exists)) return;
        var request = new GeoSearchRequest();
        if (request.TryReadSearchOptions(ref context, 3, set, exists, stores: true)) Answer(ref context, request, set, "geosearchstore"u8);
    }

    private static void AroundPoint(ref CommandContext context, bool mayStore)
    {
        if (!TryFind(ref context, 1, out StoredSortedSet set, out _)) return;
        var request = new GeoSearchRequest();
        if (!GeoArguments.TryReadPoint(ref context, 2, out request.Shape.Center)) return;
        if (!GeoArguments.TryReadRadius(ref context, 4, ref request.Shape)) return;
        if (request.TryReadRadiusOptions(ref context, 6, mayStore)) Answer(ref context, request, set, "georadiusstore"u8);
    }

    private static void AroundMember(ref CommandContext context, bool mayStore)
    {
        if (!TryFind(ref context, 1, out StoredSortedSet set, out bool exists)) return;
        var request = new GeoSearchRequest();

        // In a missing set nothing is looked for, not even whether the radius is one.
        if (exists && (!request.TryStartAt(ref context, set, 2) || !GeoArguments.TryReadRadius(ref context, 3, ref request.Shape))) return;
        if (request.TryReadRadiusOptions(ref context, 5, mayStore)) Answer(ref context, request, set, "georadiusstore"u8);
    }

    private static bool TryFind(scoped ref CommandContext context, int key, out StoredSortedSet set, out bool exists)
    {
        set = default;
        Place place = context.Keyspace.Find(context.Arguments[key], Lookup.Read);
        exists = place.Exists;
        if (!exists) return true;
        if (!context.Is(place, ValueKind.SortedSet)) return false;
        set = new StoredSortedSet(context.Keyspace, place.Entry);
        return true;
    }

    private static void Answer(ref CommandContext context, in GeoSearchRequest request, StoredSortedSet set, ReadOnlySpan<byte> what)
    {
        var matches = new List<GeoMatch>();
        SortedSetReader reader = set.Read();
        if (reader.Count > 0) Collect(ref reader, set, request, matches);

        int count = request.Count == 0 ? matches.Count : (int)Math.Min(request.Count, matches.Count);
        Sort(matches, count, request);
        if (request.Target == 0) Reply(ref context, request, ref reader, matches, count);
        else Store(ref context, request, ref reader, matches, count, what);
    }

    private static void Collect(ref SortedSetReader reader, StoredSortedSet set, in GeoSearchRequest request, List<GeoMatch> matches)
    {
        Span<GeoCell> cells = stackalloc GeoCell[CellsOfCover];
        request.Shape.Cover(cells);
        long limit = request.TakesAny ? request.Count : long.MaxValue;
        int last = 0;
        for (int i = 0; i < cells.Length && matches.Count < limit; i++)
        {
            // In a coarse grid a cell's neighbours to both sides are one and the same.
            if (cells[i].IsNone || (last > 0 && cells[i] == cells[last])) continue;
            CollectCell(ref reader, set.Find(new ScoreRange(cells[i].FirstScore, false, cells[i].EndScore, true)), request.Shape, limit, matches);
            last = i;
        }
    }

    private static void CollectCell(ref SortedSetReader reader, RankSpan span, in GeoShape shape, long limit, List<GeoMatch> matches)
    {
        reader.Seek(span.First);
        for (long left = span.Count; left > 0 && matches.Count < limit; left--)
        {
            reader.MoveNext();
            double score = reader.Score;
            GeoPoint point = GeoPoint.OfScore(score);
            if (shape.Contains(point, out double distance)) matches.Add(new GeoMatch(reader.Mark, matches.Count, score, point, distance));
        }
    }

    private static void Sort(List<GeoMatch> matches, int count, in GeoSearchRequest request)
    {
        // So many of them would mean nothing else than the nearest ones.
        GeoOrder? order = request.Order;
        if (request.Count > 0 && !request.TakesAny) order ??= GeoOrder.Ascending;
        if (order == null || count == 0) return;

        if (count == matches.Count) matches.Sort(order);
        else PartialSort.Sort(CollectionsMarshal.AsSpan(matches), order, 0, count - 1);
    }

    private static void Reply(ref CommandContext context, in GeoSearchRequest request, ref SortedSetReader reader, List<GeoMatch> matches, int count)
    {
        int extras = (request.WithDistance ? 1 : 0) + (request.WithHash ? 1 : 0) + (request.WithPoint ? 1 : 0);
        context.ReplyArray(count);
        for (int i = 0; i < count; i++)
        {
            GeoMatch match = matches[i];
            if (extras > 0) context.ReplyArray(1 + extras);
            context.ReplyBulk(reader.MemberAt(match.Mark));
            if (request.WithDistance) GeoReply.WriteDistance(ref context, match.Distance / request.Shape.MetersPerUnit);
            if (request.WithHash) context.ReplyInteger(ToInteger(match.Score));
            if (request.WithPoint) GeoReply.WritePoint(ref context, match.Point);
        }
    }

    private static void Store(ref CommandContext context, in GeoSearchRequest request, ref SortedSetReader reader, List<GeoMatch> matches, int count, ReadOnlySpan<byte> what)
    {
        using var result = new SortedSetBuilder(context.Databases.Values, SortedSetLimits.Of(context.Server.Settings));
        for (int i = 0; i < count; i++)
        {
            double score = request.StoresDistance ? matches[i].Distance / request.Shape.MetersPerUnit : matches[i].Score;
            result.TryAdd(reader.MemberAt(matches[i].Mark), score);
        }

        StoredResult.Store(ref context, request.Target, result, what, changes: count, answersLast: true);
    }

    // As a processor truncates; what is out of range becomes the lowest number.
    private static long ToInteger(double score) => score is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)score : long.MinValue;
}
