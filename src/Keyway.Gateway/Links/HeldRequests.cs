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

    /// <summary>A later request of the client than its oldest here has run.</summary>
    public bool IsOvertaken => LastRun is { } last && IsBefore(First.Request.Sequence, last);

    // Numbers go round; two of one client that are in flight together are never far apart.
    private static bool IsBefore(uint sequence, uint other) => (int)(other - sequence) > 0;
}
