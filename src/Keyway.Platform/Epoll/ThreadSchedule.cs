using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Keyway.Platform.Epoll;

/// <summary>
/// How long the loop's thread has run, and how long it has been ready to run and had no core, as the kernel accounts for it. On a busy machine a turn
/// may take long for no fault of the loop's; this tells such turns from those that are.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ThreadSchedule : IDisposable
{
    private readonly SafeFileHandle? schedstat;

    /// <summary>On the thread that is meant.</summary>
    public ThreadSchedule()
    {
        try
        {
            schedstat = File.OpenHandle("/proc/thread-self/schedstat");
        }
        catch (IOException)
        {
            // A kernel without scheduler statistics: turns are then told as they are.
        }
    }

    public CoreTime Read()
    {
        if (schedstat is null) return default;

        // "12345678 910111213 42": nanoseconds on a core, nanoseconds waiting for one, how often it got one. The first is from the last tick of the
        // system's, up to four milliseconds ago, and takes in what came before it; the thread's own clock knows it as of now.
        Span<byte> line = stackalloc byte[96];
        line = line[..RandomAccess.Read(schedstat, line, 0)];
        if (!Utf8Parser.TryParse(line, out long _, out int used) || used == line.Length) return default;
        if (!Utf8Parser.TryParse(line[(used + 1)..], out long waited, out _)) return default;
        return new CoreTime(ToTicks(ThreadCpu.OnCoreNanoseconds()), ToTicks(waited), ThreadCpu.Sleeps());
    }

    public void Dispose() => schedstat?.Dispose();

    private static long ToTicks(long nanoseconds) => (long)(nanoseconds * (Stopwatch.Frequency / 1e9));
}
