using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keyway.Platform;

/// <summary>
/// Makes written data survive a power failure, or says that it did not. The framework's own calls return normally when the system reports
/// an I/O error, and an acknowledged write would be lost in silence.
/// </summary>
public static partial class FileSync
{
    private const int Interrupted = 4;

    /// <summary>Returns once the file's data and size are on the disk.</summary>
    /// <exception cref="IOException">They are not, or nobody knows: what was written since the last success counts as lost.</exception>
    public static void Fsync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(file)) throw Failed("FlushFileBuffers");
            return;
        }

        while (FsyncUnix(file) != 0)
        {
            // A signal came first; any other failure is not tried again: a second fsync may return normally though the data is gone.
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failed("fsync");
        }
    }

    /// <summary>The same without what is not needed to read the data back, such as the time of change: one disk write less.</summary>
    /// <exception cref="IOException">As for <see cref="Fsync"/>.</exception>
    public static void FsyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            Fsync(file);
            return;
        }

        while (FdatasyncUnix(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failed("fdatasync");
        }
    }

    /// <summary>Returns once the directory's names (a file created, renamed or removed in it) are on the disk. Windows keeps them in its journal.</summary>
    /// <exception cref="IOException">As for <see cref="Fsync"/>.</exception>
    public static void FsyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;

        // O_RDONLY | O_CLOEXEC
        int flags = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;
        using var directory = new SafeFileHandle(OpenUnix(path, flags), ownsHandle: true);
        if (directory.IsInvalid) throw Failed($"open of {path}");
        Fsync(directory);
    }

    // As the framework does it: on a Unix the number is the system's own.
    private static IOException Failed(string call) =>
        new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}", OperatingSystem.IsWindows() ? Marshal.GetHRForLastWin32Error() : Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncUnix(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FdatasyncUnix(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenUnix(string path, int flags);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
