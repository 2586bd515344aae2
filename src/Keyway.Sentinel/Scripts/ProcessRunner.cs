using System.ComponentModel;
using System.Diagnostics;
using Keyway.Platform;

namespace Keyway.Sentinel.Scripts;

/// <summary>Runs scripts as child processes.</summary>
internal sealed class ProcessRunner(EventLoop loop) : IScriptRunner
{
    private const int SignalBase = 128;                  // how the framework, like a shell, tells of a signal

    public IRunningScript? Start(string path, IReadOnlyList<string> arguments, Action<ScriptEnd> ended)
    {
        var start = new ProcessStartInfo(path) { UseShellExecute = false };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => loop.Post(() =>
        {
            int code = process.ExitCode;
            process.Dispose();
            ended(code > SignalBase ? new ScriptEnd(0, code - SignalBase) : new ScriptEnd(code, 0));
        });
        try
        {
            process.Start();
            return new Running(process);
        }
        catch (Exception cannot) when (cannot is Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            return null;
        }
    }

    private sealed class Running(Process process) : IRunningScript
    {
        public int ProcessId { get; } = process.Id;

        public void Kill()
        {
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself; that is told in a coming turn.
            }
        }
    }
}
