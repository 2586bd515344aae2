using System.Buffers;
using Keyway.Platform.Disks;
using Keyway.Shard.Configuration;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>Where the file of a server is, and how it takes its name: under another one until it is whole and on the disk.</summary>
internal static class RdbFiles
{
    private const int PieceBytes = 1024 * 1024;

    public static string PathOf(Settings settings) => Path.Combine(settings.Folder, settings.RdbFileName);

    public static string TemporaryPath(Settings settings) => Path.Combine(settings.Folder, $"temp-{Environment.ProcessId}.rdb");

    /// <summary>Gives a whole file, which is on the disk, its name. Blocks.</summary>
    /// <exception cref="DiskException">It may have its name or not.</exception>
    public static void Publish(Disk disk, string temporary, string path)
    {
        disk.Rename(temporary, path);
        disk.SyncFolder(FolderOf(path));
    }

    /// <summary>Writes a file while nobody is served.</summary>
    /// <exception cref="DiskException">The file that was there before still is.</exception>
    public static void WriteAtOnce(ShardServer server, SnapshotOptions options)
    {
        string path = PathOf(server.Settings);
        string temporary = TemporaryPath(server.Settings);
        try
        {
            using (DiskFile file = server.Disk.Create(temporary))
            {
                var sink = new FileSink(file);
                Snapshots.WriteAtOnce(server, sink, options);
                sink.Flush();
                file.Sync();
            }

            Publish(server.Disk, temporary, path);
        }
        catch (DiskException)
        {
            TryDelete(server.Disk, temporary);
            throw;
        }
    }

    /// <summary>An image of this instant in memory: for a server without keys.</summary>
    public static byte[] OfNow(ShardServer server, SnapshotOptions options)
    {
        var sink = new MemorySink();
        Snapshots.WriteAtOnce(server, sink, options);
        return sink.Bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes a file of these bytes. Blocks.</summary>
    /// <exception cref="DiskException">The file that was there before may still be.</exception>
    public static void Write(Disk disk, string temporary, string path, byte[] bytes)
    {
        try
        {
            using (DiskFile file = disk.Create(temporary))
            {
                file.Append(bytes);
                file.Sync();
            }

            Publish(disk, temporary, path);
        }
        catch (DiskException)
        {
            TryDelete(disk, temporary);
            throw;
        }
    }

    public static void TryDelete(Disk disk, string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (DiskException)
        {
            // What is left is overwritten the next time; why it came to this has been said.
        }
    }

    public static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";

    private sealed class MemorySink : IRdbSink
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public void Write(ReadOnlySpan<byte> bytes) => Bytes.Write(bytes);
    }

    private sealed class FileSink(DiskFile file) : IRdbSink
    {
        private readonly byte[] _bytes = new byte[PieceBytes];
        private int _used;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _bytes.Length - _used) Flush();
            if (bytes.Length > _bytes.Length)
            {
                file.Append(bytes);
                return;
            }

            bytes.CopyTo(_bytes.AsSpan(_used));
            _used += bytes.Length;
        }

        public void Flush()
        {
            file.Append(_bytes.AsSpan(0, _used));
            _used = 0;
        }
    }
}
