namespace Keyway.Sentinel.Scripts;

internal static class ScriptFile
{
    /// <summary>Whether there is such a file that somebody may run. Where systems know no such right, a file is enough.</summary>
    public static bool IsExecutable(string path)
    {
        if (!File.Exists(path)) return false;
        if (OperatingSystem.IsWindows()) return true;
        return (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
    }
}
