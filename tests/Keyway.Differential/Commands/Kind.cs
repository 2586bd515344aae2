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
    Numbers,

    /// <summary>
    /// Only its own commands write them: what a damaged one becomes is decided by bytes behind the end of redis-server's string. Beyond this kind, keys
    /// are not drawn by chance.
    /// </summary>
    HyperLogLog,

    /// <summary>Sorted sets whose scores are all the same: in others, ranges by names are whatever chance has made of the skiplist.</summary>
    Lexical,

    /// <summary>
    /// Sorted sets with scores smaller than normal numbers. SORT, which must never meet one, takes whatever it reads after such a score for out of range.
    /// </summary>
    Tiny,
}
