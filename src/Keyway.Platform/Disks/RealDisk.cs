namespace Keyway.Platform.Disks;

/// <summary>The system's files.</summary>
public sealed class RealDisk : Disk
{
    public static RealDisk Instance { get; } = new();

    public override DiskFile OpenForAppend(string path) => Open("open", path, FileMode.OpenOrCreate, FileAccess.ReadWrite);

    public override DiskFile Create(string path) => Open("create", path, FileMode.Create, FileAccess.ReadWrite);

    public override DiskFile OpenForReading(string path) => Open("open", path, FileMode.Open, FileAccess.Read);

    public override bool Exists(string path) => File.Exists(path);

    public override void Rename(string from, string to) => Try("rename", from, () => File.Move(from, to, overwrite: true));

    public override void Delete(string path) => Try("delete", path, () => File.Delete(path));

    public override void CreateFolder(string path) => Try("create", path, () => Directory.CreateDirectory(path));

    public override IReadOnlyList<string> FilesIn(string folder)
    {
        string[] files = [];
        Try("list", folder, () =>
        {
            if (Directory.Exists(folder)) files = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))];
        });
        return files;
    }

    public override void SyncFolder(string path) => Try("sync", path, () => FileSync.FsyncDirectory(path));

    private static RealDiskFile Open(string action, string path, FileMode mode, FileAccess access)
    {
        RealDiskFile? file = null;
        Try(action, path, () => file = new RealDiskFile(path, File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete)));
        return file!;
    }

    private static void Try(string action, string path, Action call)
    {
        try
        {
            call();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DiskException.From(action, path, error);
        }
    }
}
