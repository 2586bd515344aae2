using System.Runtime.InteropServices;

namespace Keyway.Benchmarks.OpenLoop;

/// <summary>
/// While it lasts the calling thread goes before others that want its core: what a generator waits for a core would count as the server's time, and on a
/// machine of two cores it is most of what is seen at the 99th percentile. Where the system does not allow it nothing changes.
/// </summary>
internal sealed partial class Precedence : IDisposable
{
    private const int OfThread = 0;
    private const uint Calling = 0;
    private const int Raised = -15;
    private const int Normal = 0;

    private readonly bool _isRaised = OperatingSystem.IsLinux() && SetPriority(OfThread, Calling, Raised) == 0;

    public void Dispose()
    {
        if (_isRaised) SetPriority(OfThread, Calling, Normal);
    }

    // Of a process by its name in the manuals; on Linux of the one thread.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);
}
