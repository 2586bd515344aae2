using System.Diagnostics;

namespace Keyway.Benchmarks.Peers;

/// <summary>A server that we started. Its output goes straight into a file, so that reading it costs the measurement nothing.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _log;
    private bool _ended;

    private ChildProcess(Process process, string log)
    {
        _process = process;
        _log = log;
    }

    public int Id => _process.Id;

    public bool IsRunning => !_ended && !_process.HasExited;

    public static ChildProcess Start(string log, string workingFolder, string file, params string[] arguments)
    {
        // The shell only opens the log and is then replaced by the server: the process id is the server's own.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = workingFolder, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        start.ArgumentList.Add(file);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);

        return new ChildProcess(Process.Start(start)!, log);
    }

    public void Signal(int signal)
    {
        // A process that has been waited for gives its number back to the system: it may be somebody else's by now.
        if (IsRunning) Signals.Send(Id, signal);
    }

    /// <summary>Ends it at once and waits until it is gone.</summary>
    public void Kill()
    {
        Signal(Signals.Kill);
        _process.WaitForExit(5_000);
        _ended = _process.HasExited;
    }

    public string LastOutput(int lines = 12) => string.Join('\n', Output().TakeLast(lines));

    public IReadOnlyList<string> Output()
    {
        try
        {
            return File.ReadAllLines(_log);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Asks it to end, and insists after two seconds.</summary>
    public void Dispose()
    {
        if (_ended) return;
        Signal(Signals.Continue);
        Signal(Signals.Terminate);
        if (!_process.WaitForExit(2_000)) Kill();
        _ended = true;
        _process.Dispose();
    }
}
