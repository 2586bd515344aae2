using Microsoft.Win32.SafeHandles;

namespace Keyway.Platform.Disks;

internal sealed class RealDiskFile(string path, SafeFileHandle handle) : DiskFile
{
    private const int LargestWrite = 1024 * 1024;        // of what fails half-way, less is in doubt

    private long length = RandomAccess.GetLength(handle);

    public override string Path => path;

    public override long Length => length;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, LargestWrite)];
            try
            {
                RandomAccess.Write(handle, piece, length);
            }
            catch (IOException error)
            {
                length = Math.Max(length, RandomAccess.GetLength(handle));
                throw DiskException.From("write to", path, error);
            }

            length += piece.Length;
            bytes = bytes[piece.Length..];
        }
    }

    public override int Read(long offset, Span<byte> target)
    {
        try
        {
            return RandomAccess.Read(handle, target, offset);
        }
        catch (IOException error)
        {
            throw DiskException.From("read", path, error);
        }
    }

    public override void Truncate(long toLength)
    {
        try
        {
            RandomAccess.SetLength(handle, toLength);
            length = toLength;
        }
        catch (IOException error)
        {
            throw DiskException.From("truncate", path, error);
        }
    }

    public override void Sync()
    {
        try
        {
            FileSync.FsyncData(handle);
        }
        catch (IOException error)
        {
            throw DiskException.From("sync", path, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) handle.Dispose();
    }
}
