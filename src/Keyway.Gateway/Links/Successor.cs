namespace Keyway.Gateway.Links;

/// <summary>Who is to serve a request that was refused, if anybody is.</summary>
internal readonly struct Successor
{
    private enum Kind : byte { Wait, Again, OwnWords, Never }

    private readonly Kind _kind;

    private Successor(Kind kind, SharedLink? link = null, byte[]? prelude = null, ShardFailure? failure = null)
    {
        _kind = kind;
        Link = link;
        Prelude = prelude ?? [];
        Failure = failure;
    }

    /// <summary>Nobody yet. The request waits for as long as its shard may be silent, and is then told that it was not executed.</summary>
    public static Successor Wait => default;

    /// <summary>Nobody: the client gets the server's own words.</summary>
    public static Successor OwnWords => new(Kind.OwnWords);

    /// <summary>The request goes again, on this link.</summary>
    public static Successor Again(SharedLink link) => new(Kind.Again, link);

    /// <summary>The same, behind a request of our own whose reply nobody gets: ASKING, or SCRIPT LOAD.</summary>
    public static Successor Again(SharedLink link, byte[] prelude) => new(Kind.Again, link, prelude);

    /// <summary>Nobody: the client is told why, and that the request was not executed.</summary>
    public static Successor Never(ShardFailure failure) => new(Kind.Never, failure: failure);

    public bool IsWait => _kind == Kind.Wait;

    public bool IsOwnWords => _kind == Kind.OwnWords;

    public SharedLink? Link { get; }

    public byte[] Prelude { get; }

    public ShardFailure? Failure { get; }
}
