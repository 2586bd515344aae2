using System.Runtime.InteropServices;

namespace Keyway.Benchmarks.Peers.Networks;

/// <summary>Takes the calling thread into a network namespace: the sockets that it opens from then on belong there.</summary>
internal static partial class NamespaceCalls
{
    private const int ReadOnly = 0;
    private const int NetworkNamespace = 0x40000000;

    public static bool IsRoot => geteuid() == 0;

    public static void Enter(string file)
    {
        int descriptor = open(file, ReadOnly);
        if (descriptor < 0) throw new InvalidOperationException($"{file}: error {Marshal.GetLastPInvokeError()}");
        int result = setns(descriptor, NetworkNamespace);
        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        if (result != 0) throw new InvalidOperationException($"cannot enter {file}: error {error}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
