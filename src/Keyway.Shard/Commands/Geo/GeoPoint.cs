namespace Keyway.Shard.Commands.Geo;

/// <summary>
/// A place on the globe in degrees. All arithmetic here is done in the order in which Redis does it: the last bits show in what clients see, and decide
/// which of two places is nearer.
/// </summary>
internal readonly struct GeoPoint(double longitude, double latitude)
{
    public const double MinLongitude = -180;
    public const double MaxLongitude = 180;

    /// <summary>What the projection of web maps shows.</summary>
    public const double MinLatitude = -85.05112878;
    public const double MaxLatitude = 85.05112878;

    public const double EarthRadiusMeters = 6372797.560856;

    private const double RadiansPerDegree = Math.PI / 180.0;

    public double Longitude { get; } = longitude;

    public double Latitude { get; } = latitude;

    public bool IsValid => Longitude is >= MinLongitude and <= MaxLongitude && Latitude is >= MinLatitude and <= MaxLatitude;

    public static double ToRadians(double degrees) => degrees * RadiansPerDegree;

    public static double ToDegrees(double radians) => radians / RadiansPerDegree;

    /// <summary>The middle of the finest cell that the score names.</summary>
    public static GeoPoint OfScore(double score)
    {
        var area = new GeoArea(GeoCell.OfScore(score));
        double longitude = (area.West + area.East) / 2;
        double latitude = (area.South + area.North) / 2;
        return new GeoPoint(
            longitude > MaxLongitude ? MaxLongitude : longitude < MinLongitude ? MinLongitude : longitude,
            latitude > MaxLatitude ? MaxLatitude : latitude < MinLatitude ? MinLatitude : latitude);
    }

    /// <summary>The cell of this grid that the place is in.</summary>
    public GeoCell CellAt(int step) => CellAt(step, MinLatitude, MaxLatitude);

    /// <summary>The same in a grid over other latitudes.</summary>
    public GeoCell CellAt(int step, double minLatitude, double maxLatitude)
    {
        double row = (Latitude - minLatitude) / (maxLatitude - minLatitude) * (1UL << step);
        double column = (Longitude - MinLongitude) / (MaxLongitude - MinLongitude) * (1UL << step);
        return GeoCell.Of((uint)row, (uint)column, step);
    }

    /// <summary>In meters, along the surface.</summary>
    public double DistanceTo(GeoPoint other)
    {
        double latitude = ToRadians(Latitude);
        double otherLatitude = ToRadians(other.Latitude);
        double v = Math.Sin((ToRadians(other.Longitude) - ToRadians(Longitude)) / 2);
        if (v == 0) return EarthRadiusMeters * Math.Abs(otherLatitude - latitude);

        double u = Math.Sin((otherLatitude - latitude) / 2);
        return 2.0 * EarthRadiusMeters * Math.Asin(Math.Sqrt((u * u) + (Math.Cos(latitude) * Math.Cos(otherLatitude) * v * v)));
    }
}
