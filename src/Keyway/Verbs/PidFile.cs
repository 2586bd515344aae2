namespace Keyway.Verbs;

/// <summary>Holds the process's number while it runs, for scripts that stop it. Nobody is harmed when it cannot be written.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    public PidFile(string path)
    {
        _path = path;
        if (path.Length > 0) Try(() => File.WriteAllText(path, $"{Environment.ProcessId}\n"));
    }

    public void Dispose()
    {
        if (_path.Length > 0) Try(() => File.Delete(_path));
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // As redis-server: it is a convenience, no reason to stop.
        }
    }
}
