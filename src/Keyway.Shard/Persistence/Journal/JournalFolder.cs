using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>Where a journal's files are. Calls block: for a worker, or for the time before the server serves.</summary>
/// <param name="disk">Whose files they are.</param>
/// <param name="parent">The server's own folder ("dir").</param>
/// <param name="name">The journal's folder in it (appenddirname).</param>
/// <param name="fileName">What the names of all files begin with (appendfilename).</param>
internal sealed class JournalFolder(Disk disk, string parent, string name, string fileName)
{
    private const int ReadBytes = 64 * 1024;

    public string Path { get; } = System.IO.Path.Combine(parent, name);

    public string FileName => fileName;

    public Disk Disk => disk;

    /// <summary>Where effects go until the first base is whole.</summary>
    public string ProvisionalIncrement => $"temp-{fileName}.incr";

    private string ManifestName => $"{fileName}.manifest";

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>A file in the server's own folder, where what becomes a base is written.</summary>
    public string PathOutside(string file) => System.IO.Path.Combine(parent, file);

    public bool HasManifest => disk.Exists(PathOf(ManifestName));

    /// <summary>A journal of one file, as servers before 7.0 kept it.</summary>
    public bool HasSingleFile => disk.Exists(PathOutside(fileName));

    /// <exception cref="ManifestException">It says something else.</exception>
    /// <exception cref="DiskException">It cannot be read.</exception>
    public Manifest Read()
    {
        using DiskFile file = disk.OpenForReading(PathOf(ManifestName));
        using var text = new MemoryStream();
        byte[] piece = new byte[ReadBytes];
        int count;
        while ((count = file.Read(text.Length, piece)) > 0) text.Write(piece, 0, count);
        return Manifest.Parse(text.ToArray());
    }

    /// <summary>Puts the manifest in place of the one that was there. After an exception it is one of the two.</summary>
    /// <exception cref="DiskException">The new one may not be on the disk.</exception>
    public void Write(Manifest manifest)
    {
        string path = PathOf(ManifestName);
        string temporary = PathOf($"temp-{ManifestName}");
        using (DiskFile file = disk.Create(temporary))
        {
            file.Append(manifest.Format());
            file.Sync();
        }

        disk.Rename(temporary, path);
        disk.SyncFolder(Path);
    }

    /// <exception cref="DiskException">The system refuses.</exception>
    public void Create()
    {
        disk.CreateFolder(Path);
        disk.SyncFolder(parent);
    }

    /// <summary>A new file without anything in it.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public DiskFile CreateFile(string file)
    {
        DiskFile created = disk.Create(PathOf(file));
        try
        {
            disk.SyncFolder(Path);
            return created;
        }
        catch
        {
            created.Dispose();
            throw;
        }
    }

    /// <summary>Takes a journal of one file in as the base. Done again after a crash in between, it ends the same.</summary>
    /// <exception cref="DiskException">The system refuses.</exception>
    public Manifest Adopt()
    {
        Create();
        var manifest = new Manifest(new JournalFile(fileName, 1, JournalFileKind.Base), [], []);

        // The manifest comes first, as with redis-server: it names a file that is found in either place.
        Write(manifest);
        disk.Rename(PathOutside(fileName), PathOf(fileName));
        disk.SyncFolder(Path);
        disk.SyncFolder(parent);
        return manifest;
    }

    /// <summary>Bytes of a file; zero where there is none.</summary>
    public long LengthOf(string file)
    {
        if (!disk.Exists(PathOf(file))) return 0;
        using DiskFile opened = disk.OpenForReading(PathOf(file));
        return opened.Length;
    }
}
