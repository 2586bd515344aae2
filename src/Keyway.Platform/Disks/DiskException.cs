using System.Runtime.InteropServices;

namespace Keyway.Platform.Disks;

/// <summary>The system has refused to read or write, and says why.</summary>
public sealed class DiskException : IOException
{
    private const int NoSpace = 28;                      // ENOSPC, on every Unix
    private const int QuotaLinux = 122;                  // EDQUOT
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public DiskException(string action, string path, string reason, bool isFull = false)
        : base($"{action} {path}: {reason}")
    {
        Reason = reason;
        IsFull = isFull;
    }

    private DiskException(string action, string path, string reason, bool isFull, Exception inner)
        : base($"{action} {path}: {reason}", inner)
    {
        Reason = reason;
        IsFull = isFull;
    }

    /// <summary>In the system's words: "No space left on device".</summary>
    public string Reason { get; }

    /// <summary>There is no room, and there may be again.</summary>
    public bool IsFull { get; }

    public static DiskException From(string action, string path, Exception error)
    {
        // Where the framework keeps the system's number it says it in other words; clients and operators know the system's.
        int number = error.HResult;
        bool isUnixNumber = !OperatingSystem.IsWindows() && number is > 0 and < 200;
        bool isFull = isUnixNumber ? number is NoSpace || number == (OperatingSystem.IsLinux() ? QuotaLinux : QuotaMac) : number == WindowsDiskFull;
        string reason = error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
            UnauthorizedAccessException => "Permission denied",
            _ when isUnixNumber => Marshal.GetPInvokeErrorMessage(number),
            _ => error.Message,
        };
        return new DiskException(action, path, reason, isFull, error);
    }
}
