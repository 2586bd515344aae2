using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Keyway.Platform.Epoll;

/// <summary>
/// How long the loop's thread has been ready to run and had no core, as the kernel accounts for it. On a busy machine a turn may take long for
/// no fault of the loop's; this tells such turns from those that are.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CoreWait : IDisposable
{
    private readonly SafeFileHandle? schedstat;

    /// <summary>On the thread that is meant.</summary>
    public CoreWait()
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

    /// <summary>So far, in ticks of the stopwatch.</summary>
    public long ReadTicks()
    {
        if (schedstat is null) return 0;

        // "12345678 910111213 42": nanoseconds on a core, nanoseconds waiting for one, how often it got one.
        Span<byte> line = stackalloc byte[96];
        line = line[..RandomAccess.Read(schedstat, line, 0)];
        int space = line.IndexOf((byte)' ');
        if (space < 0 || !Utf8Parser.TryParse(line[(space + 1)..], out long nanoseconds, out _)) return 0;
        return (long)(nanoseconds * (Stopwatch.Frequency / 1e9));
    }

    public void Dispose() => schedstat?.Dispose();
}
