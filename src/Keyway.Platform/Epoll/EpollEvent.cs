using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Platform.Epoll;

/// <summary>The kernel's <c>struct epoll_event { u32 events; u64 data; }</c>, which has no padding on x64 and has on every other architecture.</summary>
internal static unsafe class EpollEvent
{
    public static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = Size - sizeof(ulong);

    public static void Read(byte* events, int index, out uint ready, out ulong key)
    {
        byte* at = events + index * Size;
        ready = *(uint*)at;
        key = Unsafe.ReadUnaligned<ulong>(at + DataOffset);
    }

    public static void Write(byte* at, uint interest, ulong key)
    {
        *(uint*)at = interest;
        Unsafe.WriteUnaligned(at + DataOffset, key);
    }

    public static ulong Key(int descriptor, uint generation) => (ulong)generation << 32 | (uint)descriptor;

    public static int Descriptor(ulong key) => (int)(uint)key;

    public static uint Generation(ulong key) => (uint)(key >> 32);
}
