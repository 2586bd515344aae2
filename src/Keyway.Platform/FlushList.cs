namespace Keyway.Platform;

/// <summary>What is to be flushed in one phase, in the order asked for. The links lie in the items, so that asking allocates nothing.</summary>
internal struct FlushList
{
    private Flushable? first;
    private Flushable? last;

    // What the flush under way has still to do. What is asked for meanwhile waits for the next flush: an item that asks for itself
    // again cannot keep the loop here.
    private Flushable? current;

    public readonly bool IsEmpty => first == null && current == null;

    public void Add(Flushable item)
    {
        item.FlushQueued = true;
        if (last == null) first = item;
        else last.NextToFlush = item;
        last = item;
    }

    /// <summary>After an exception, called again, it goes on with the next item.</summary>
    public void Flush(EventLoop loop)
    {
        if (current == null)
        {
            current = first;
            first = last = null;
        }

        while (current is { } item)
        {
            current = item.NextToFlush;
            item.NextToFlush = null;
            item.FlushQueued = false;
            loop.Delivering = item;
            item.Flush();
        }
    }
}
