using System.Globalization;

namespace Keyway.State;

/// <summary>
/// Holds the data folder for this process alone: two that write to the same files would ruin them. The lock is an open file, so
/// the system gives it back however the process ends; who holds it stands in a file beside it, which anybody may read.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <exception cref="StateException">Another process has it, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        string lockPath = System.IO.Path.Combine(path, "lock");
        FileStream held;
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"data folder '{System.IO.Path.GetFullPath(path)}' cannot be made: {refused.Message}; name another with 'data:'",
                refused);
        }

        try
        {
            held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new StateException($"data folder '{System.IO.Path.GetFullPath(path)}' cannot be written: {refused.Message}; mend its permissions or name another with 'data:'", refused);
        }
        catch (IOException taken)
        {
            throw new StateException(
                $"data folder '{System.IO.Path.GetFullPath(path)}' is in use by another keyway{Owner(path)}; stop that one, or give this one a folder of its own with 'data:'", taken);
        }

        File.WriteAllText(PidPath(path), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return new DataFolder(path, held);
    }

    public void Dispose() => _lock.Dispose();

    private static string PidPath(string path) => System.IO.Path.Combine(path, "lock.pid");

    private static string Owner(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(PidPath(path)).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                ? $" (pid {pid})"
                : "";
        }
        catch (IOException)
        {
            // It says who only where it can; that the folder is taken is certain either way.
            return "";
        }
    }
}
