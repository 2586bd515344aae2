namespace Keyway.Gateway.Links;

/// <summary>What one client was refused at one shard and may be sent again, in the order of the client's requests.</summary>
internal sealed class HeldRequests(ShardBackend backend, int session, LinkKey key)
{
    private readonly Queue<HeldRequest> _requests = [];

    public ShardBackend Backend => backend;

    /// <summary>The client's place in the loop's table.</summary>
    public int Session => session;

    /// <summary>The kind of link that they were on.</summary>
    public LinkKey Key => key;

    public int Count => _requests.Count;

    public HeldRequest First => _requests.Peek();

    /// <summary>The newest of the client's requests that ran, or may have; null while none has.</summary>
    public uint? LastRun { get; private set; }

    /// <summary>One of them went again a moment ago and was refused again: they go with the next tick, not at once.</summary>
    public bool WaitsForTick { get; set; }

    /// <summary>To be looked at in this turn.</summary>
    public bool IsQueued { get; set; }

    public void Add(HeldRequest request) => _requests.Enqueue(request);

    public HeldRequest RemoveFirst() => _requests.Dequeue();

    public void NoteRun(uint sequence)
    {
        if (LastRun is not { } last || IsBefore(last, sequence)) LastRun = sequence;
    }

    /// <param name="order">Only those of the same order are overtaken by it.</param>
    public void NoteRun(uint sequence, int order)
    {
        foreach (HeldRequest request in _requests)
        {
            if ((request.Order < 0 || request.Order == order) && IsBefore(request.Request.Sequence, sequence)) request.IsOvertaken = true;
        }
    }

    /// <summary>A later request of the client, of the same order, has run: the oldest here must not any more.</summary>
    public bool IsOvertaken => First.IsOvertaken || (LastRun is { } last && IsBefore(First.Request.Sequence, last));

    /// <summary>The shared link that refused the last of them, on which the client's later requests are too.</summary>
    public SharedLink? Link { get; set; }

    // Numbers go round; two of one client that are in flight together are never far apart.
    private static bool IsBefore(uint sequence, uint other) => (int)(other - sequence) > 0;
}
