namespace Keyway.Platform.Disks;

/// <summary>Where work that waits for a disk is done, one piece after the other, so that the loop never waits.</summary>
public abstract class DiskWorker : IDisposable
{
    /// <summary>Pieces of work that have not been reported as done.</summary>
    public int Pending { get; private protected set; }

    /// <summary>
    /// Does the work elsewhere, behind all that was given before, and then calls back on the loop with null or with the <see cref="DiskException"/> that
    /// ended it. The work must touch nothing of the loop's.
    /// </summary>
    public abstract void Run(Action work, Action<DiskException?> done);

    /// <summary>Waits, on the loop's thread, until all work is done; its callbacks have been made when this returns. For the end, and for what must block.</summary>
    public abstract void Drain();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>What every kind of worker does with a piece of work.</summary>
    private protected static DiskException? Try(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (DiskException error)
        {
            return error;
        }
    }
}
