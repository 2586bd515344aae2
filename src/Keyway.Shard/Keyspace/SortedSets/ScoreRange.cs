namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Scores between two bounds, each of them included or not.</summary>
internal readonly struct ScoreRange(double min, bool excludesMin, double max, bool excludesMax)
{
    /// <summary>No score lies in it, whatever the set holds.</summary>
    public bool IsEmpty => min > max || (min == max && (excludesMin || excludesMax));

    public ScoreBound Start => new(min, takesEqual: excludesMin);

    public ScoreBound End => new(max, takesEqual: !excludesMax);
}
