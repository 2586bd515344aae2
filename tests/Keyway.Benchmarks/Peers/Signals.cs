using System.Runtime.InteropServices;

namespace Keyway.Benchmarks.Peers;

/// <summary>kill(2), which .NET has only for SIGKILL.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int processId, int signal) => _ = kill(processId, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int pid, int signal);
}
