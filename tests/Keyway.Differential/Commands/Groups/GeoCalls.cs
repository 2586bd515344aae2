namespace Keyway.Differential.Commands.Groups;

internal static class GeoCalls
{
    private static readonly string[] Longitudes = ["0", "13.361389", "15.087269", "-122.27652", "2.35", "139.6917", "179.999", "-180", "180", "-179.5", "37.6173", "1e-7", "13.5", "14"];

    private static readonly string[] Latitudes = ["0", "38.115556", "37.502669", "37.805186", "48.85", "35.6895", "85.05112878", "-85.05112878", "80", "-84.9", "55.7558", "1e-7", "38", "37"];

    private static readonly string[] Members = ["Palermo", "Catania", "Paris", "Tokyo", "a", "b", "c", "d", "e", ""];

    public static CommandGroup Group { get; } = new CommandGroup("geo", Kind.Geo)
    {
        { "GEOADD", 30, d => ["GEOADD", d.Key(Kind.Geo), .. AddOptions(d), .. d.Times(d.Between(1, 4), () => "").SelectMany(_ => new[] { Longitude(d), Latitude(d), Member(d) })] },
        { "GEODIST", 10, d => ["GEODIST", d.Key(Kind.Geo), Member(d), Member(d), .. d.Maybe(Unit(d))] },
        { "GEOHASH", 8, d => ["GEOHASH", d.Key(Kind.Geo), .. d.Few(() => Member(d))] },
        { "GEOPOS", 8, d => ["GEOPOS", d.Key(Kind.Geo), .. d.Few(() => Member(d))] },
        { "GEOSEARCH", 30, d => ["GEOSEARCH", d.Key(Kind.Geo), .. Search(d, stores: false)] },
        { "GEOSEARCHSTORE", 14, d => ["GEOSEARCHSTORE", d.Key(Kind.Geo), d.Key(Kind.Geo), .. Search(d, stores: true)] },
        { "GEORADIUS", 14, d => ["GEORADIUS", d.Key(Kind.Geo), Longitude(d), Latitude(d), Radius(d), Unit(d), .. RadiusOptions(d, stores: true)] },
        { "GEORADIUS_RO", 10, d => ["GEORADIUS_RO", d.Key(Kind.Geo), Longitude(d), Latitude(d), Radius(d), Unit(d), .. RadiusOptions(d, stores: false)] },
        { "GEORADIUSBYMEMBER", 14, d => ["GEORADIUSBYMEMBER", d.Key(Kind.Geo), Member(d), Radius(d), Unit(d), .. RadiusOptions(d, stores: true)] },
        { "GEORADIUSBYMEMBER_RO", 10, d => ["GEORADIUSBYMEMBER_RO", d.Key(Kind.Geo), Member(d), Radius(d), Unit(d), .. RadiusOptions(d, stores: false)] },
        { "ZRANGE:geo", 5, d => ["ZRANGE", d.Key(Kind.Geo), "0", "-1", "WITHSCORES"] },
        { "ZREM:geo", 3, d => ["ZREM", d.Key(Kind.Geo), Member(d)] },
        { "ZADD:geo", 2, d => ["ZADD", d.Key(Kind.Geo), d.Score(), Member(d)] },
    };

    private static string[] AddOptions(Dice d) => d.Percent(95) ? d.Shuffled(d.OneOf([], [], ["NX"], [d.AnyCase("XX")]), d.Often(30, d.AnyCase("CH"))) : d.Some(["NX"], ["XX"], ["CH"], ["foo"], ["INCR"]);

    private static string Longitude(Dice d) => d.Percent(50) ? d.Pick(Longitudes) : d.Percent(97) ? $"{d.Between(-179_000, 179_000) / 1000.0:0.###}" : d.Pick("180.1", "-181", "x", "nan", "inf", "");

    private static string Latitude(Dice d) => d.Percent(50) ? d.Pick(Latitudes) : d.Percent(97) ? $"{d.Between(-85_000, 85_000) / 1000.0:0.###}" : d.Pick("85.06", "-90", "x", "nan", "inf", "");

    private static string Member(Dice d) => d.Percent(95) ? d.Pick(Members) : d.Member();

    private static string Unit(Dice d) => d.Percent(97) ? d.AnyCase(d.Pick("m", "km", "ft", "mi")) : d.Pick("x", "", "kmm");

    private static string Radius(Dice d) => d.Percent(95) ? d.Pick("0", "1", "100", "200", "500.5", "1000", "3000", "10000", "30000", "200000", "1e7", $"{d.Below(5000)}") : d.Pick("-1", "x", "nan", "inf", "1e300");

    private static string[] Sorting(Dice d) => d.OneOf([], [], [d.AnyCase("ASC")], ["DESC"]);

    private static string[] Count(Dice d) => d.Percent(40) ? [d.AnyCase("COUNT"), d.Percent(93) ? $"{d.Between(1, 5)}" : d.Count(), .. d.Often(30, d.AnyCase("ANY"))] : d.Often(2, "ANY");

    private static string[] With(Dice d) => d.Shuffled(d.Maybe(d.AnyCase("WITHCOORD")), d.Maybe("WITHDIST"), d.Maybe("WITHHASH"));

    private static string[] Search(Dice d, bool stores)
    {
        string[] from = d.Percent(97) ? d.OneOf([d.AnyCase("FROMMEMBER"), Member(d)], [d.AnyCase("FROMLONLAT"), Longitude(d), Latitude(d)]) : d.Some(["FROMMEMBER", Member(d)], ["FROMLONLAT", "1", "2"]);
        string[] by = d.Percent(97) ? d.OneOf([d.AnyCase("BYRADIUS"), Radius(d), Unit(d)], ["BYBOX", Radius(d), Radius(d), Unit(d)]) : d.Some(["BYRADIUS", "1", "km"], ["BYBOX", "1", "2", "km"]);
        return d.Shuffled(from, by, Sorting(d), Count(d), stores ? d.Often(3, "WITHDIST") : With(d), stores ? d.Maybe(d.AnyCase("STOREDIST")) : d.Often(2, "STOREDIST"));
    }

    private static string[] RadiusOptions(Dice d, bool stores)
    {
        string[] target = d.OneOf([d.AnyCase("STORE"), d.Key(Kind.Geo)], ["STOREDIST", d.Key(Kind.Geo)]);
        if (stores && d.OneIn(3)) return d.Shuffled(Sorting(d), Count(d), target, d.Often(5, "WITHDIST"));
        return d.Shuffled(Sorting(d), Count(d), With(d), d.Often(2, target));
    }
}
