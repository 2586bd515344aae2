namespace Keyway.Shard.Commands.Geo;

/// <summary>What is searched: a circle or a box around a place. Lengths are in the client's unit.</summary>
internal struct GeoShape()
{
    private const double WorldMeters = 20037726.37;      // half of the equator, in the projection of the grid
    private const double FarNorth = 66;                  // from here on columns are so narrow that a coarser grid is needed
    private const double FarthestNorth = 80;

    public GeoPoint Center;
    public bool IsBox;
    public double Radius;
    public double Width;
    public double Height;
    public double MetersPerUnit = 1;

    /// <summary>Whether the place lies inside, and its distance from the center in meters.</summary>
    public readonly bool Contains(GeoPoint point, out double distance)
    {
        distance = 0;
        if (!IsBox)
        {
            distance = Center.DistanceTo(point);
            return !(distance > Radius * MetersPerUnit);
        }

        // How far it is to the east on the place's own latitude, and how far to the north.
        double toEast = point.DistanceTo(new GeoPoint(Center.Longitude, point.Latitude));
        double toNorth = point.DistanceTo(new GeoPoint(point.Longitude, Center.Latitude));
        if (toEast > Width * MetersPerUnit / 2 || toNorth > Height * MetersPerUnit / 2) return false;
        distance = Center.DistanceTo(point);
        return true;
    }

    /// <summary>
    /// The cells in which all places of the shape lie: that of the center and up to eight around it, in the order in which they are to be searched; none
    /// where one is not needed.
    /// </summary>
    public readonly void Cover(Span<GeoCell> cells)
    {
        FindBounds(out double west, out double south, out double east, out double north);
        int step = StepFor(ReachMeters(), Center.Latitude);
        GeoCell middle = Center.CellAt(step);

        // Near the edge of its cell a shape may reach beyond the next one.
        bool isTooFine = new GeoArea(middle.Neighbor(0, 1)).North < north
            || new GeoArea(middle.Neighbor(0, -1)).South > south
            || new GeoArea(middle.Neighbor(1, 0)).East < east
            || new GeoArea(middle.Neighbor(-1, 0)).West > west;
        if (isTooFine && step > 1) middle = Center.CellAt(--step);

        bool goesSouth = true, goesNorth = true, goesWest = true, goesEast = true;
        if (step >= 2)
        {
            var area = new GeoArea(middle);
            goesSouth = !(area.South < south);
            goesNorth = !(area.North > north);
            goesWest = !(area.West < west);
            goesEast = !(area.East > east);
        }

        cells[0] = middle;
        cells[1] = goesNorth ? middle.Neighbor(0, 1) : default;
        cells[2] = goesSouth ? middle.Neighbor(0, -1) : default;
        cells[3] = goesEast ? middle.Neighbor(1, 0) : default;
        cells[4] = goesWest ? middle.Neighbor(-1, 0) : default;
        cells[5] = goesNorth && goesEast ? middle.Neighbor(1, 1) : default;
        cells[6] = goesNorth && goesWest ? middle.Neighbor(-1, 1) : default;
        cells[7] = goesSouth && goesEast ? middle.Neighbor(1, -1) : default;
        cells[8] = goesSouth && goesWest ? middle.Neighbor(-1, -1) : default;
    }

    // From the center to the farthest point.
    private readonly double ReachMeters() => MetersPerUnit * (IsBox ? Math.Sqrt((Width / 2 * (Width / 2)) + (Height / 2 * (Height / 2))) : Radius);

    private readonly void FindBounds(out double west, out double south, out double east, out double north)
    {
        double up = MetersPerUnit * (IsBox ? Height / 2 : Radius);
        double aside = MetersPerUnit * (IsBox ? Width / 2 : Radius);
        double latitudes = GeoPoint.ToDegrees(up / GeoPoint.EarthRadiusMeters);

        // The side that is nearer to a pole spans more degrees.
        double widest = Center.Latitude < 0 ? Center.Latitude - latitudes : Center.Latitude + latitudes;
        double longitudes = GeoPoint.ToDegrees(aside / GeoPoint.EarthRadiusMeters / Math.Cos(GeoPoint.ToRadians(widest)));
        west = Center.Longitude - longitudes;
        east = Center.Longitude + longitudes;
        south = Center.Latitude - latitudes;
        north = Center.Latitude + latitudes;
    }

    /// <summary>The finest grid of which nine cells cover so many meters in all directions, in most cases.</summary>
    private static int StepFor(double meters, double latitude)
    {
        if (meters == 0) return GeoCell.FinestStep;

        int step = -1;
        for (; meters < WorldMeters; meters *= 2) step++;
        if (latitude is > FarNorth or < -FarNorth) step--;
        if (latitude is > FarthestNorth or < -FarthestNorth) step--;
        return Math.Clamp(step, 1, GeoCell.FinestStep);
    }
}
