namespace Keyway.Platform;

/// <summary>What every kind of connection shares: it ends once, and its handler is told of it at the end of the turn.</summary>
internal abstract class LoopConnection : Connection
{
    internal LoopConnection? NextEnded;

    private Exception? error;
    private bool hasEnded;
    private bool wasReadLast;

    /// <param name="isCounted">False for one that lies over another, which is counted.</param>
    protected LoopConnection(EventLoop loop, ConnectionHandler handler, bool isCounted = true)
        : base(loop, handler)
    {
        IsCounted = isCounted;
        if (isCounted) loop.Statistics.OpenConnections++;
    }

    internal bool IsCounted { get; }

    public override bool IsOpen => !hasEnded;

    /// <summary>Nothing is sent from here on. The first cause given is the one that the handler hears.</summary>
    protected void End(Exception? cause)
    {
        if (hasEnded) return;

        hasEnded = true;
        error = cause;
        Loop.TellLater(this);
    }

    /// <summary>Delivers what had come in before a send found the connection broken: a server that refuses us says why, and hangs up.</summary>
    internal void ReadLastOnce()
    {
        // Once, even if the handler throws on it.
        if (wasReadLast) return;

        wasReadLast = true;
        ReadLast();
    }

    /// <summary>The last call: gives the transport's resources back and tells the handler.</summary>
    internal void Tell()
    {
        Release();
        Loop.Delivering = this;
        Handler.OnClosed(error);
    }

    /// <summary>Calls OnReceived with what is left, if a send has failed and the handler still wanted to read; else nothing.</summary>
    protected abstract void ReadLast();

    protected abstract void Release();
}
