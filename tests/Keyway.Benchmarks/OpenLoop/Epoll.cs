using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Keyway.Benchmarks.OpenLoop;

/// <summary>
/// epoll and a timer of the kernel's: one system call waits for many sockets and for the next tick, at a cost that does not grow with
/// the number of sockets.
/// </summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    public const uint Readable = 1;
    public const uint Writable = 4;

    private const int Add = 1;
    private const int Modify = 3;
    private const int Monotonic = 1;
    private const int TimerNonBlocking = 0x800;
    private const int TimerIndex = -1;
    private const int Capacity = 256;

    // struct epoll_event is packed on x64 and nowhere else.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly int _epoll = epoll_create1(0);
    private readonly byte[] _events = new byte[Capacity * 16];
    private int _timer = -1;

    /// <summary>Makes <see cref="Wait"/> return at least this often.</summary>
    public void Tick(TimeSpan interval)
    {
        _timer = timerfd_create(Monotonic, TimerNonBlocking);
        long nanoseconds = (long)interval.TotalNanoseconds;
        long* times = stackalloc long[] { 0, nanoseconds, 0, nanoseconds };   // interval and first: seconds, nanoseconds
        if (_timer < 0 || timerfd_settime(_timer, 0, times, null) < 0) throw new InvalidOperationException("no timer from the kernel");
        Control(Add, _timer, TimerIndex, Readable);
    }

    public void Watch(int descriptor, int index) => Control(Add, descriptor, index, Readable);

    public void WatchFor(int descriptor, int index, uint events) => Control(Modify, descriptor, index, events);

    /// <returns>How many sockets have something to say; <see cref="Event"/> tells which.</returns>
    public int Wait(int timeoutMs)
    {
        fixed (byte* events = _events)
        {
            int count = epoll_wait(_epoll, events, Capacity, timeoutMs);
            return Math.Max(count, 0);   // a signal's interruption is no event
        }
    }

    /// <returns>False for the tick itself.</returns>
    public bool Event(int number, out int index, out uint events)
    {
        ReadOnlySpan<byte> entry = _events.AsSpan(number * EventSize, EventSize);
        events = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        index = BinaryPrimitives.ReadInt32LittleEndian(entry[DataOffset..]);
        if (index != TimerIndex) return true;

        ulong ticks;
        _ = read(_timer, &ticks, sizeof(ulong));
        return false;
    }

    public void Dispose()
    {
        if (_timer >= 0) _ = close(_timer);
        _ = close(_epoll);
    }

    private void Control(int operation, int descriptor, int index, uint events)
    {
        Span<byte> entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, events);
        BinaryPrimitives.WriteInt32LittleEndian(entry[DataOffset..], index);
        fixed (byte* address = entry)
        {
            if (epoll_ctl(_epoll, operation, descriptor, address) < 0) throw new InvalidOperationException("epoll refuses a socket");
        }
    }

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int capacity, int timeoutMs);

    [LibraryImport("libc")]
    private static partial int timerfd_create(int clock, int flags);

    [LibraryImport("libc")]
    private static partial int timerfd_settime(int descriptor, int flags, long* times, long* before);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, void* buffer, nint count);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
