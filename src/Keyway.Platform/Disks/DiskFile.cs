namespace Keyway.Platform.Disks;

/// <summary>An open file. One thread at a time.</summary>
public abstract class DiskFile : IDisposable
{
    public abstract string Path { get; }

    public abstract long Length { get; }

    /// <summary>Writes all of it behind the end.</summary>
    /// <exception cref="DiskException">Not all was written: <see cref="Length"/> says how far it came. What was written stays; see <see cref="Truncate"/>.</exception>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Reads up to so many bytes; zero only at the end.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract int Read(long offset, Span<byte> target);

    /// <summary>Cuts the file to this length.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract void Truncate(long length);

    /// <summary>Returns once all that was written is on the disk.</summary>
    /// <exception cref="DiskException">It may not be, and a later sync that returns says nothing about it.</exception>
    public abstract void Sync();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
