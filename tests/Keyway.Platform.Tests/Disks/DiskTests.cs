using System.Text;
using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Xunit;

namespace Keyway.Platform.Tests.Disks;

/// <summary>What a disk does, the real one and the simulated one.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyway-disk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_are_written_read_cut_renamed_and_deleted(bool isReal)
    {
        Disk disk = isReal ? RealDisk.Instance : new SimulatedDisk(1);
        string path = Path.Combine(_folder, "a");
        using (DiskFile file = disk.OpenForAppend(path))
        {
            file.Append("hello "u8);
            file.Append("world"u8);
            file.Sync();
            Assert.Equal(11, file.Length);
            file.Truncate(5);
        }

        using (DiskFile file = disk.OpenForAppend(path)) file.Append("!"u8);
        disk.Rename(path, Path.Combine(_folder, "b"));
        disk.SyncFolder(_folder);

        Assert.False(disk.Exists(path));
        Assert.Equal(["b"], disk.FilesIn(_folder));
        Assert.Equal("hello!", TextOf(disk, Path.Combine(_folder, "b")));
        using (DiskFile file = disk.Create(Path.Combine(_folder, "b"))) Assert.Equal(0, file.Length);
        disk.Delete(Path.Combine(_folder, "b"));
        disk.Delete(Path.Combine(_folder, "b"));
        Assert.Empty(disk.FilesIn(_folder));
        Assert.Empty(disk.FilesIn(Path.Combine(_folder, "nowhere")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_refusal_says_why_in_the_systems_words(bool isReal)
    {
        Disk disk = isReal ? RealDisk.Instance : new SimulatedDisk(1);
        DiskException refusal = Assert.Throws<DiskException>(() => disk.OpenForReading(Path.Combine(_folder, "missing")));
        Assert.Equal("No such file or directory", refusal.Reason);
        Assert.False(refusal.IsFull);
    }

    [Fact]
    public void A_full_disk_is_told_from_a_broken_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "there is no /dev/full here");
        using DiskFile full = RealDisk.Instance.OpenForAppend("/dev/full");
        DiskException refusal = Assert.Throws<DiskException>(() => full.Append("x"u8));
        Assert.True(refusal.IsFull);
        Assert.Equal("No space left on device", refusal.Reason);

        var disk = new SimulatedDisk(1) { Capacity = 3 };
        using DiskFile file = disk.OpenForAppend("/d/a");
        Assert.True(Assert.Throws<DiskException>(() => file.Append("hello"u8)).IsFull);
        Assert.Equal(3, file.Length);
    }

    [Fact]
    public void What_was_synced_outlives_a_crash_and_the_rest_is_a_prefix_of_what_was_written()
    {
        var lengths = new HashSet<int>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            var disk = new SimulatedDisk(seed);
            using DiskFile file = disk.OpenForAppend("/d/a");
            file.Append("safe"u8);
            file.Sync();
            disk.SyncFolder("/d");
            file.Append("doubt"u8);
            disk.Crash();

            string left = TextOf(disk, "/d/a");
            Assert.StartsWith("safe", left, StringComparison.Ordinal);
            Assert.StartsWith(left, "safedoubt", StringComparison.Ordinal);
            lengths.Add(left.Length);
        }

        Assert.Equal([4, 5, 6, 7, 8, 9], lengths.Order());
    }

    [Fact]
    public void A_name_is_certain_only_when_its_folder_was_synced()
    {
        var found = new HashSet<string>();
        for (ulong seed = 0; seed < 100; seed++)
        {
            var disk = new SimulatedDisk(seed);
            Write(disk, "/d/old", "old");
            disk.SyncFolder("/d");
            Write(disk, "/d/new", "new");
            disk.Rename("/d/new", "/d/old");
            disk.Crash();
            found.Add(TextOf(disk, "/d/old"));

            Write(disk, "/d/new", "certain");
            disk.Rename("/d/new", "/d/old");
            disk.SyncFolder("/d");
            disk.Crash();
            Assert.Equal("certain", TextOf(disk, "/d/old"));
        }

        Assert.Equal(["new", "old"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_thread_does_work_in_order_and_reports_on_the_loop()
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        using var worker = new DiskThread(loop, "disk");
        var done = new List<string>();
        int loopThread = 0;
        loop.Post(() =>
        {
            loopThread = Environment.CurrentManagedThreadId;
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                worker.Run(
                    () =>
                    {
                        if (number == 50) throw new DiskException("write to", "/d/a", "Input/output error");
                    },
                    error =>
                    {
                        Assert.Equal(loopThread, Environment.CurrentManagedThreadId);
                        done.Add(error == null ? $"{number}" : error.Reason);
                        if (number == 99) loop.Stop();
                    });
            }
        });
        loop.Run();

        Assert.Equal(0, worker.Pending);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i == 50 ? "Input/output error" : $"{i}"), done);
    }

    [Fact]
    public void Draining_makes_all_callbacks_before_it_returns()
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        using var worker = new DiskThread(loop, "disk");
        int done = 0;
        for (int i = 0; i < 20; i++) worker.Run(() => { }, _ => done++);
        worker.Drain();
        Assert.Equal(20, done);
    }

    private static void Write(Disk disk, string path, string text)
    {
        using DiskFile file = disk.Create(path);
        file.Append(Encoding.ASCII.GetBytes(text));
        file.Sync();
    }

    private static string TextOf(Disk disk, string path)
    {
        using DiskFile file = disk.OpenForReading(path);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return Encoding.ASCII.GetString(bytes);
    }
}
