using System.Runtime.InteropServices;

namespace Keyway.Protocol.Tests;

/// <summary>Memory behind whose last byte none can be read: a parser that looks past its input ends the process. Linux only.</summary>
internal sealed unsafe partial class GuardedBytes : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _memory;
    private readonly nuint _usable;
    private readonly nuint _page = (nuint)Environment.SystemPageSize;

    public GuardedBytes(int capacity)
    {
        _usable = ((nuint)capacity + _page - 1) / _page * _page;
        _memory = (byte*)mmap(null, _usable + _page, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)_memory == -1 || mprotect(_memory + _usable, _page, 0) != 0) throw new OutOfMemoryException("no memory to guard");
    }

    /// <summary>A copy of the bytes that ends where the readable memory ends.</summary>
    public ReadOnlySpan<byte> Hold(ReadOnlySpan<byte> bytes)
    {
        var held = new Span<byte>(_memory + _usable - bytes.Length, bytes.Length);
        bytes.CopyTo(held);
        return held;
    }

    public void Dispose()
    {
        if (munmap(_memory, _usable + _page) != 0) throw new InvalidOperationException("the guarded memory could not be released");
    }

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
