using Keyway.Platform.Disks;

namespace Keyway.Platform.Simulation;

/// <summary>
/// Files in memory that behave as badly as real ones may: when the machine dies, what was not synced is there in part or not at all, and so are names
/// whose folder was not synced. It fills up, and it fails when told to.
/// </summary>
public sealed class SimulatedDisk(ulong seed) : Disk
{
    private readonly SimulatedRandom random = new(seed);
    private Dictionary<string, Content> files = [];
    private Dictionary<string, Content> durable = [];

    /// <summary>Bytes that all files together may have.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Asked before every call; what it returns is thrown. The first argument is the call: "write to", "sync", "rename" …</summary>
    public Func<string, string, DiskException?>? Fault { get; set; }

    public long UsedBytes => files.Values.Distinct().Sum(content => content.Length);

    /// <summary>The machine loses its power: all files that were open are void.</summary>
    public void Crash()
    {
        var left = new Dictionary<string, Content>();
        foreach (string name in files.Keys.Union(durable.Keys).Order(StringComparer.Ordinal))
        {
            // A name that was changed and not synced is found as it was or as it became.
            bool wasKept = durable.TryGetValue(name, out Content? before);
            bool isKept = files.TryGetValue(name, out Content? after);
            bool takesNew = before == after || random.Next(2) == 0;
            if (takesNew ? isKept : wasKept) left[name] = (takesNew ? after! : before!).AfterCrash(random);
        }

        files = left;
        durable = new Dictionary<string, Content>(left);
    }

    public override DiskFile OpenForAppend(string path)
    {
        Check("open", path);
        if (!files.TryGetValue(path, out Content? content)) files[path] = content = new Content();
        return new File(this, path, content);
    }

    public override DiskFile Create(string path)
    {
        Check("create", path);
        if (files.TryGetValue(path, out Content? content)) content.Truncate(0);
        else files[path] = content = new Content();
        return new File(this, path, content);
    }

    public override DiskFile OpenForReading(string path)
    {
        Check("open", path);
        return files.TryGetValue(path, out Content? content) ? new File(this, path, content) : throw new DiskException("open", path, "No such file or directory");
    }

    public override bool Exists(string path) => files.ContainsKey(path);

    public override void Rename(string from, string to)
    {
        Check("rename", from);
        if (!files.Remove(from, out Content? content)) throw new DiskException("rename", from, "No such file or directory");
        files[to] = content;
    }

    public override void Delete(string path)
    {
        Check("delete", path);
        files.Remove(path);
    }

    public override void CreateFolder(string path) => Check("create", path);

    public override IReadOnlyList<string> FilesIn(string folder) =>
        [.. files.Keys.Where(name => FolderOf(name) == folder).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal)];

    public override void SyncFolder(string path)
    {
        Check("sync", path);
        foreach (string name in durable.Keys.Where(name => FolderOf(name) == path && !files.ContainsKey(name)).ToArray()) durable.Remove(name);
        foreach ((string name, Content content) in files)
        {
            if (FolderOf(name) == path) durable[name] = content;
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? "";

    private void Check(string call, string path)
    {
        if (Fault?.Invoke(call, path) is { } fault) throw fault;
    }

    /// <summary>Bytes that know how much of them is on the disk.</summary>
    private sealed class Content
    {
        private readonly List<byte> bytes = [];
        private int synced;

        public int Length => bytes.Count;

        public void Append(ReadOnlySpan<byte> more) => bytes.AddRange(more);

        public int Read(long offset, Span<byte> target)
        {
            int count = (int)Math.Clamp(bytes.Count - offset, 0, target.Length);
            if (count > 0) System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).Slice((int)offset, count).CopyTo(target);
            return count;
        }

        public void Truncate(long length)
        {
            bytes.RemoveRange((int)length, bytes.Count - (int)length);
            synced = Math.Min(synced, bytes.Count);
        }

        public void Sync() => synced = bytes.Count;

        public Content AfterCrash(SimulatedRandom random)
        {
            var left = new Content();
            left.bytes.AddRange(bytes.Take(synced + random.Next(bytes.Count - synced + 1)));
            left.Sync();
            return left;
        }
    }

    private sealed class File(SimulatedDisk disk, string path, Content content) : DiskFile
    {
        public override string Path => path;

        public override long Length => content.Length;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            disk.Check("write to", path);
            long room = disk.Capacity - disk.UsedBytes;
            content.Append(bytes[..(int)Math.Clamp(room, 0, bytes.Length)]);
            if (room < bytes.Length) throw new DiskException("write to", path, "No space left on device", isFull: true);
        }

        public override int Read(long offset, Span<byte> target)
        {
            disk.Check("read", path);
            return content.Read(offset, target);
        }

        public override void Truncate(long length)
        {
            disk.Check("truncate", path);
            content.Truncate(length);
        }

        public override void Sync()
        {
            disk.Check("sync", path);
            content.Sync();
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
