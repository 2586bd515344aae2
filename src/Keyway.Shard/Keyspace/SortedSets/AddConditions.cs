namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>When an element is added or given another score, and how the new score is made.</summary>
[Flags]
internal enum AddConditions
{
    None = 0,

    /// <summary>NX: never change what is there.</summary>
    OnlyNew = 1,

    /// <summary>XX: never add.</summary>
    OnlyPresent = 2,

    /// <summary>GT: change only to something higher.</summary>
    OnlyHigher = 4,

    /// <summary>LT: change only to something lower.</summary>
    OnlyLower = 8,

    /// <summary>INCR: the score is added to the present one.</summary>
    Increment = 16,
}
