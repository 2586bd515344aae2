using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>One visit to the disk: filled in on the loop, done on a worker, and read on the loop again when it has ended. Used again and again.</summary>
internal sealed class JournalWork
{
    /// <summary>What is appended to the file.</summary>
    public List<ArraySegment<byte>> Pieces { get; } = [];

    public DiskFile? File { get; set; }

    /// <summary>Where the file ends once what an earlier visit has left half done is cut off; negative when nothing is.</summary>
    public long CutTo { get; set; } = -1;

    public bool Syncs { get; set; }

    /// <summary>Done after the sync; null for nothing.</summary>
    public Action? Then { get; set; }

    /// <summary>The end of the journal once this has been done.</summary>
    public long Target { get; set; }

    public long BeganMs { get; set; }

    /// <summary>How far it has come: what fails later is the sync, or what comes after it.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>On the worker's thread.</summary>
    public void Do()
    {
        HasWritten = false;
        if (CutTo >= 0) File!.Truncate(CutTo);
        Append();
        HasWritten = true;
        if (Syncs) File!.Sync();
        Then?.Invoke();
    }

    private void Append()
    {
        long length = File!.Length;
        try
        {
            foreach (ArraySegment<byte> piece in Pieces) File.Append(piece);
        }
        catch (DiskException)
        {
            GiveBack(length);
            throw;
        }
    }

    // On a full disk others need the room in which half of a visit stands: the base, for one, that would make the journal smaller.
    private void GiveBack(long length)
    {
        try
        {
            File!.Truncate(length);
        }
        catch (DiskException)
        {
            // The next visit begins with it.
        }
    }
}
