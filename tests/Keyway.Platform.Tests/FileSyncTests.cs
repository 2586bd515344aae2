using Microsoft.Win32.SafeHandles;

namespace Keyway.Platform.Tests;

public sealed class FileSyncTests
{
    [Fact]
    public void A_file_and_its_directory_can_be_synced()
    {
        string folder = Directory.CreateTempSubdirectory("keyway-").FullName;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(Path.Combine(folder, "state"), FileMode.Create, FileAccess.ReadWrite))
            {
                RandomAccess.Write(file, "epoch 7"u8, 0);
                FileSync.Fsync(file);
                FileSync.FsyncData(file);
            }
            FileSync.FsyncDirectory(folder);
            Assert.Equal("epoch 7", File.ReadAllText(Path.Combine(folder, "state")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_sync_that_the_system_refuses_throws()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs a device that cannot be synced");
        using SafeFileHandle device = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);

        Assert.Contains("fsync", Assert.Throws<IOException>(() => FileSync.Fsync(device)).Message);
        Assert.Throws<IOException>(() => FileSync.FsyncData(device));
        Assert.Throws<IOException>(() => FileSync.FsyncDirectory("/nowhere/at/all"));
    }
}
