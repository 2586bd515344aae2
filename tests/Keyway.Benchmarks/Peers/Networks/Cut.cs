namespace Keyway.Benchmarks.Peers.Networks;

/// <summary>Nothing that one sends arrives at the other. What the other sends does, unless that is cut as well.</summary>
internal readonly record struct Cut(Place From, Place To)
{
    public static IEnumerable<Cut> Between(Place one, IEnumerable<Place> others) => FromOne(one, others).Concat(ToOne(one, others));

    public static IEnumerable<Cut> FromOne(Place one, IEnumerable<Place> others) => others.Select(other => new Cut(one, other));

    public static IEnumerable<Cut> ToOne(Place one, IEnumerable<Place> others) => others.Select(other => new Cut(other, one));
}
