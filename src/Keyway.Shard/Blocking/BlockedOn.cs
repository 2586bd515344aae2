namespace Keyway.Shard.Blocking;

/// <summary>What a blocked client needs its keys to hold. While a key holds something else, the client waits on.</summary>
internal enum BlockedOn
{
    /// <summary>BLPOP, BRPOP, BLMOVE, BRPOPLPUSH, BLMPOP.</summary>
    List,

    /// <summary>BZPOPMIN, BZPOPMAX, BZMPOP.</summary>
    SortedSet,

    /// <summary>XREAD.</summary>
    Stream,

    /// <summary>XREADGROUP: when the key stops being a stream there is nothing left to wait for, and the client is told so.</summary>
    StreamGroup,

    /// <summary>WAIT, which waits for no key but for replicas.</summary>
    Acks,
}
