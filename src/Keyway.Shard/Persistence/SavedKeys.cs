using Keyway.Platform.Disks;
using Keyway.Shard.Persistence.Journal;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>Whether the files of a server that does not run hold keys. For who must decide without starting it: what cannot be read counts as full.</summary>
public static class SavedKeys
{
    private const int HeadBytes = 64 * 1024;             // what a file says about itself is far shorter
    private const int LargestManifest = 16 * 1024 * 1024;
    private const int MagicBytes = 9;

    /// <param name="folder">The server's own folder ("dir").</param>
    /// <param name="keysFile">Where it looks for keys, as <see cref="Configuration.ShardOptions.KeysFile"/> names it.</param>
    public static bool MayBeIn(string folder, string keysFile)
    {
        // A journal has a folder of its own.
        string path = Path.Combine(folder, keysFile);
        try
        {
            return keysFile.Contains('/', StringComparison.Ordinal) ? MayBeInJournal(path, Path.Combine(folder, Path.GetFileName(keysFile))) : MayBeInSnapshot(path);
        }
        catch (Exception unreadable) when (unreadable is DiskException or ManifestException)
        {
            return true;
        }
    }

    /// <param name="single">Where servers before 7.0 kept a journal of one file.</param>
    private static bool MayBeInJournal(string path, string single)
    {
        string manifestPath = path + ".manifest";
        if (!RealDisk.Instance.Exists(manifestPath)) return RealDisk.Instance.Exists(single) && Read(single, 1).Length > 0;

        Manifest manifest = Manifest.Parse(Read(manifestPath, LargestManifest));
        string folder = Path.GetDirectoryName(path)!;
        return manifest.Increments.Any(file => Read(Path.Combine(folder, file.Name), 1).Length > 0)
            || (manifest.Base is { } first && MayBeInSnapshot(Path.Combine(folder, first.Name)));
    }

    private static bool MayBeInSnapshot(string path)
    {
        if (!RealDisk.Instance.Exists(path)) return false;

        // REDIS0010, what the file says about itself, libraries; then a key, or the end.
        ReadOnlySpan<byte> head = Read(path, HeadBytes);
        if (head.IsEmpty) return false;
        var cursor = new RdbCursor(head);
        var scratch = new RdbScratch();
        if (!cursor.TryReadRaw(MagicBytes, out ReadOnlySpan<byte> magic) || !magic.StartsWith("REDIS"u8)) return true;

        while (cursor.TryReadByte(out byte opcode))
        {
            if (opcode == (byte)RdbOpcode.End) return false;
            bool isPassed = (RdbOpcode)opcode switch
            {
                RdbOpcode.Aux => cursor.TryReadString(scratch, out _) && cursor.TryReadString(scratch, out _),
                RdbOpcode.Function => cursor.TryReadString(scratch, out _),
                _ => false,
            };
            if (!isPassed) return true;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Read(string path, int atMost)
    {
        using DiskFile file = RealDisk.Instance.OpenForReading(path);
        byte[] bytes = new byte[Math.Min(atMost, Math.Max(file.Length, 0))];
        int count = 0;
        while (count < bytes.Length && file.Read(count, bytes.AsSpan(count)) is > 0 and var read) count += read;
        return bytes.AsSpan(0, count);
    }
}
