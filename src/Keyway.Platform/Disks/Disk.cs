namespace Keyway.Platform.Disks;

/// <summary>
/// The files that data is kept in: the system's, or simulated ones that forget what was not synced. Calls block: they belong on a <see cref="DiskWorker"/>,
/// or into the time before a server serves. Nothing is durable but what a sync that returned has covered: a file's bytes by its own, its name by the
/// folder's.
/// </summary>
public abstract class Disk
{
    /// <summary>Opens the file to write at its end, making it if there is none.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract DiskFile OpenForAppend(string path);

    /// <summary>Opens the file with nothing in it.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract DiskFile Create(string path);

    /// <exception cref="DiskException">There is none, or the system refuses.</exception>
    public abstract DiskFile OpenForReading(string path);

    public abstract bool Exists(string path);

    /// <summary>Puts the file under another name, over whatever was there.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract void Rename(string from, string to);

    /// <summary>Does nothing where there is no such file.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract void Delete(string path);

    /// <summary>Makes the folder if there is none.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract void CreateFolder(string path);

    /// <summary>Names in the folder, without it, in no order; none where there is no such folder.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public abstract IReadOnlyList<string> FilesIn(string folder);

    /// <summary>Returns once files that were made, renamed or deleted in the folder are so on the disk too.</summary>
    /// <exception cref="DiskException">They may not be.</exception>
    public abstract void SyncFolder(string path);

    /// <summary>Gives the file this content, on the disk when it returns. Whatever happens meanwhile, the file is the old one or the new one, whole.</summary>
    /// <exception cref="DiskException">It may be either.</exception>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (DiskFile file = Create(temporary))
            {
                file.Append(content);
                file.Sync();
            }

            Rename(temporary, path);
        }
        catch (DiskException)
        {
            TryDelete(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".");
    }

    private void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (DiskException)
        {
            // It is in nobody's way; the caller hears of the first refusal.
        }
    }
}
