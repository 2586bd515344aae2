namespace Keyway.Differential.Commands;

/// <summary>What a key is meant to hold. Others come across it now and then, so that types collide.</summary>
internal enum Kind
{
    Text,
    List,
    Hash,
    Set,
    SortedSet,
    Stream,
    Geo,
    Bits,
    HyperLogLog,
    Numbers,

    /// <summary>Sorted sets whose scores are all the same: in others, ranges by names are whatever chance has made of the skiplist.</summary>
    Lexical,
}
