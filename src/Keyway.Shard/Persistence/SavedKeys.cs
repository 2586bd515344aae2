using Keyway.Platform.Disks;
using Keyway.Shard.Persistence.Journal;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>Whether the files of a server that does not run hold keys. For who must decide without starting it: what cannot be read counts as full.</summary>
public static class SavedKeys
{
    private const int HeadBytes = 64 * 1024;             // what a file says about itself is far shorter
    private const int TailBytes = 256;                   // more than a line that says how far it has come
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

    /// <summary>How far a server's files have come; null where they do not say.</summary>
    /// <param name="folder">The server's own folder ("dir").</param>
    /// <param name="keysFile">As for <see cref="MayBeIn"/>.</param>
    public static SavedPosition? PositionIn(string folder, string keysFile)
    {
        string path = Path.Combine(folder, keysFile);
        try
        {
            return keysFile.Contains('/', StringComparison.Ordinal) ? PositionInJournal(path) : PositionInSnapshot(path);
        }
        catch (Exception unreadable) when (unreadable is DiskException or ManifestException)
        {
            return null;
        }
    }

    private static SavedPosition? PositionInJournal(string path)
    {
        string manifestPath = path + ".manifest";
        if (!RealDisk.Instance.Exists(manifestPath)) return null;

        Manifest manifest = Manifest.Parse(Read(manifestPath, LargestManifest));
        string folder = Path.GetDirectoryName(path)!;
        foreach (JournalFile file in manifest.Increments.Reverse())
        {
            ReadOnlySpan<byte> end = ReadEnd(Path.Combine(folder, file.Name), TailBytes);
            if (end.IsEmpty) continue;
            return JournalPosition.TryFindAtEnd(end, out ReplicationPoint position) ? new SavedPosition(position.Id, position.Offset) : null;
        }

        return null;
    }

    private static SavedPosition? PositionInSnapshot(string path)
    {
        if (!RealDisk.Instance.Exists(path) || !TryReadAbout(Read(path, HeadBytes), out RdbAux about, out _)) return null;
        return about is { ReplicationId: { } id, ReplicationOffset: >= 0 and { } offset } ? new SavedPosition(id, offset) : null;
    }

    /// <param name="single">Where servers before 7.0 kept a journal of one file.</param>
    private static bool MayBeInJournal(string path, string single)
    {
        string manifestPath = path + ".manifest";
        if (!RealDisk.Instance.Exists(manifestPath)) return RealDisk.Instance.Exists(single) && Read(single, 1).Length > 0;

        Manifest manifest = Manifest.Parse(Read(manifestPath, LargestManifest));
        string folder = Path.GetDirectoryName(path)!;
        return manifest.Increments.Any(file => MayBeInIncrement(Path.Combine(folder, file.Name)))
            || (manifest.Base is { } first && MayBeInSnapshot(Path.Combine(folder, first.Name)));
    }

    // Before its first command may stand what time it is and how far the history has come.
    private static bool MayBeInIncrement(string path)
    {
        ReadOnlySpan<byte> head = Read(path, HeadBytes);
        while (!head.IsEmpty && head[0] == '#' && head.IndexOf((byte)'\n') is >= 0 and var end) head = head[(end + 1)..];
        return !head.IsEmpty;
    }

    private static bool MayBeInSnapshot(string path)
    {
        if (!RealDisk.Instance.Exists(path)) return false;
        ReadOnlySpan<byte> head = Read(path, HeadBytes);
        if (head.IsEmpty) return false;
        return !TryReadAbout(head, out _, out bool isEmpty) || !isEmpty;
    }

    /// <summary>REDIS0010, what the file says about itself, libraries; then a key, or the end.</summary>
    /// <returns>False when the file cannot be read so far.</returns>
    private static bool TryReadAbout(ReadOnlySpan<byte> head, out RdbAux about, out bool isEmpty)
    {
        about = new RdbAux();
        isEmpty = false;
        var cursor = new RdbCursor(head);
        var scratch = new RdbScratch();
        if (!cursor.TryReadRaw(MagicBytes, out ReadOnlySpan<byte> magic) || !magic.StartsWith("REDIS"u8)) return false;

        while (cursor.TryReadByte(out byte opcode))
        {
            switch ((RdbOpcode)opcode)
            {
                case RdbOpcode.End:
                    isEmpty = true;
                    return true;
                case RdbOpcode.Aux:
                    if (!TryReadAux(ref cursor, scratch, about)) return false;
                    break;
                case RdbOpcode.Function:
                    if (!cursor.TryReadString(scratch, out _)) return false;
                    break;
                default:
                    return true;
            }
        }

        return false;
    }

    private static bool TryReadAux(ref RdbCursor cursor, RdbScratch scratch, RdbAux about)
    {
        // Both may lie in the scratch.
        if (!cursor.TryReadString(scratch, out ReadOnlySpan<byte> text)) return false;
        byte[] name = text.ToArray();
        if (!cursor.TryReadString(scratch, out ReadOnlySpan<byte> value)) return false;
        about.Set(name, value);
        return true;
    }

    private static ReadOnlySpan<byte> Read(string path, int atMost)
    {
        using DiskFile file = RealDisk.Instance.OpenForReading(path);
        return Read(file, 0, atMost);
    }

    private static ReadOnlySpan<byte> ReadEnd(string path, int atMost)
    {
        using DiskFile file = RealDisk.Instance.OpenForReading(path);
        return Read(file, Math.Max(0, file.Length - atMost), atMost);
    }

    private static ReadOnlySpan<byte> Read(DiskFile file, long from, int atMost)
    {
        byte[] bytes = new byte[Math.Min(atMost, Math.Max(file.Length - from, 0))];
        int count = 0;
        while (count < bytes.Length && file.Read(from + count, bytes.AsSpan(count)) is > 0 and var read) count += read;
        return bytes.AsSpan(0, count);
    }
}
