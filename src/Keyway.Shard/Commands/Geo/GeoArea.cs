namespace Keyway.Shard.Commands.Geo;

/// <summary>The part of the globe that a cell covers, in degrees.</summary>
internal readonly struct GeoArea
{
    public readonly double West, East, South, North;

    public GeoArea(GeoCell cell)
    {
        // A number of all ones counts as the last of 2^32, even where it stands for nothing.
        double cells = 1UL << cell.Step;
        West = GeoPoint.MinLongitude + (cell.Column / cells * (GeoPoint.MaxLongitude - GeoPoint.MinLongitude));
        East = GeoPoint.MinLongitude + (unchecked(cell.Column + 1) / cells * (GeoPoint.MaxLongitude - GeoPoint.MinLongitude));
        South = GeoPoint.MinLatitude + (cell.Row / cells * (GeoPoint.MaxLatitude - GeoPoint.MinLatitude));
        North = GeoPoint.MinLatitude + (unchecked(cell.Row + 1) / cells * (GeoPoint.MaxLatitude - GeoPoint.MinLatitude));
    }
}
