namespace Keyway.Gateway.Links;

/// <summary>
/// What follows from a refusal, for shards of one kind: who could serve the request instead. When and in which order requests go again is not
/// its business (<see cref="RefusedRequests"/>), so no policy can run a request twice or out of turn.
/// </summary>
internal interface IRefusalPolicy
{
    /// <summary>Hears of each refusal, in the order they come.</summary>
    /// <param name="link">On which it came: its server is the one that refused.</param>
    /// <param name="reply">The server's words, "-MOVED 3999 127.0.0.1:6381\r\n".</param>
    /// <returns>False when there is nobody else to ask: the client gets the server's own words, at once.</returns>
    bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply);

    /// <summary>
    /// Where a held request goes: asked when it is the oldest that its client has held here and none of the client's later requests has run, and
    /// asked again at each tick and whenever the shard is up again, while the answer is to wait.
    /// </summary>
    /// <param name="key">The kind of link that it was refused on.</param>
    Successor FindSuccessor(LinkKey key, HeldRequest request);

    /// <summary>Which requests have an order among one another: those of one number, and those of none (-1) with all.</summary>
    /// <param name="first">The request, in up to two pieces.</param>
    int OrderOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => -1;
}
