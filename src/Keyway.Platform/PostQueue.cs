namespace Keyway.Platform;

/// <summary>Work for a loop from any thread, in the order posted.</summary>
internal sealed class PostQueue
{
    private readonly Lock gate = new();
    private List<PostedWork> incoming = [];
    private List<PostedWork> current = [];
    private int next;
    private volatile bool hasIncoming;

    public bool IsEmpty => !hasIncoming && next == current.Count;

    public void Add(PostedWork work)
    {
        lock (gate)
        {
            incoming.Add(work);
            hasIncoming = true;
        }
    }

    /// <summary>Takes what has been posted so far. What is posted from here on waits for the next turn, so that posts cannot starve sockets.</summary>
    public void BeginTurn()
    {
        if (next < current.Count) return;

        current.Clear();
        next = 0;
        lock (gate)
        {
            (current, incoming) = (incoming, current);
            hasIncoming = false;
        }
    }

    /// <summary>After an exception, called again, it goes on with the next.</summary>
    public void Run()
    {
        while (next < current.Count)
        {
            PostedWork work = current[next];
            current[next++] = default;
            work.Run();
        }
    }
}
