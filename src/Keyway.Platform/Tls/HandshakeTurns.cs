namespace Keyway.Platform.Tls;

/// <summary>
/// A step of a handshake takes a millisecond or two of the processor. When many come at once they take turns, so that those who are already served
/// do not wait for all of them.
/// </summary>
internal sealed class HandshakeTurns(EventLoop loop)
{
    private static readonly TimeSpan TimePerTurn = TimeSpan.FromMilliseconds(2);

    private readonly Queue<TlsConnection> waiting = new();
    private long turn = -1;
    private TimeSpan used;

    /// <summary>Does the step now, or in a turn to come: then the connection is not read from until <see cref="TlsConnection.Step"/> is called.</summary>
    /// <returns>False when it has to wait.</returns>
    public bool TryTakeTurn(TlsConnection connection)
    {
        if (waiting.Count == 0 && HasTime()) return true;

        if (waiting.Count == 0) loop.Schedule(0, Continue);
        waiting.Enqueue(connection);
        return false;
    }

    /// <summary>A step has begun then and is over now.</summary>
    public void NoteUsed(long sinceTicks) => used += loop.Time.GetElapsedTime(sinceTicks);

    private bool HasTime()
    {
        if (turn != loop.Statistics.Turns)
        {
            turn = loop.Statistics.Turns;
            used = TimeSpan.Zero;
        }

        return used < TimePerTurn;
    }

    // A timer's callback: the context that is current in those would lead SslStream away from the loop.
    private void Continue()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (HasTime() && waiting.TryDequeue(out TlsConnection? next)) next.Step();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            if (waiting.Count > 0) loop.Schedule(0, Continue);
        }
    }
}
