using Keyway.Shard.Commands.Sorting;

namespace Keyway.Shard.Commands.Geo;

/// <summary>By distance.</summary>
internal sealed class GeoOrder : IContentOrder<GeoMatch>
{
    private readonly int _sign;

    private GeoOrder(int sign) => _sign = sign;

    public static GeoOrder Ascending { get; } = new(1);

    public static GeoOrder Descending { get; } = new(-1);

    public int Compare(GeoMatch x, GeoMatch y)
    {
        int order = x.Distance.CompareTo(y.Distance) * _sign;
        return order != 0 ? order : x.Position.CompareTo(y.Position);
    }

    public int CompareContent(in GeoMatch x, in GeoMatch y) => x.Distance > y.Distance ? _sign : x.Distance == y.Distance ? 0 : -_sign;
}
