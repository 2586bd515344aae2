namespace Keyway.Platform;

/// <summary>When in a turn a <see cref="Flushable"/> sends what it has gathered.</summary>
public enum FlushPhase
{
    /// <summary>Answers to clients: first, so that they can think while we look for more requests.</summary>
    Replies,

    /// <summary>Requests to shards: last, after one more look for incoming requests without sleeping, so that one send carries many.</summary>
    Requests,
}
