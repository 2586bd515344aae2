namespace Keyway.Shard.Commands.Geo;

/// <summary>An element that was found in a shape.</summary>
/// <param name="Mark">Finds its member again: see <see cref="Keyspace.SortedSets.SortedSetReader.Mark"/>.</param>
/// <param name="Position">In the order of finding.</param>
/// <param name="Score">What the set holds.</param>
/// <param name="Point">What that means.</param>
/// <param name="Distance">From the center, in meters.</param>
internal readonly record struct GeoMatch(nint Mark, int Position, double Score, GeoPoint Point, double Distance);
