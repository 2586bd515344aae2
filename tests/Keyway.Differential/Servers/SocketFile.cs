namespace Keyway.Differential.Servers;

/// <summary>Where servers listen that this program starts, and what they leave behind.</summary>
internal static class SocketFile
{
    private const int LastLines = 30;

    private static int _count;

    public static string Next(string name) => Path.Combine(Path.GetTempPath(), $"keyway-differential-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-{name}.sock");

    public static string Tail(string output) => string.Join('\n', output.TrimEnd().Split('\n').TakeLast(LastLines));
}
