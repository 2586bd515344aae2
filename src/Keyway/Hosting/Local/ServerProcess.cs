using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Keyway.Verbs;

namespace Keyway.Hosting.Local;

/// <summary>
/// One `keyway shard` as a child of this process. The child reads from a pipe whose other end only this process has: however this process ends, the system
/// closes it, and the child ends too. What it says on the way, it says line by line on its standard output; what goes wrong, on its standard error.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <param name="conf">The file with its settings.</param>
    /// <param name="said">Hears each line of its standard output, on some thread.</param>
    /// <param name="complained">Likewise of its standard error.</param>
    /// <param name="exited">Hears its exit code when it has ended and all its lines have been heard.</param>
    /// <exception cref="IOException">The system starts no process.</exception>
    public static ServerProcess Start(string conf, Action<string> said, Action<string> complained, Action<int> exited)
    {
        var process = new Process { StartInfo = StartInfo(conf) };
        process.OutputDataReceived += (_, line) => Pass(line.Data, said);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, complained);
        try
        {
            process.Start();
        }
        catch (Exception refused) when (refused is Win32Exception or PlatformNotSupportedException)
        {
            process.Dispose();
            throw new IOException($"the system starts no process: {refused.Message}", refused);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var waiter = new Thread(() =>
        {
            process.WaitForExit();
            exited(process.ExitCode);
        })
        {
            IsBackground = true, Name = $"keyway-child-{process.Id}",
        };
        waiter.Start();
        return new ServerProcess(process);
    }

    /// <summary>It is to end as it does on SIGTERM: what is to be saved is saved first.</summary>
    public void EndSoon()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }
    }

    public void Dispose() => _process.Dispose();

    private static void Pass(string? line, Action<string> hear)
    {
        if (line is not null) hear(line);
    }

    private static ProcessStartInfo StartInfo(string conf)
    {
        // `dotnet keyway.dll` runs by another's executable.
        string self = Environment.ProcessPath!;
        bool isHosted = Path.GetFileNameWithoutExtension(self).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (isHosted) start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add("shard");
        start.ArgumentList.Add(conf);
        start.ArgumentList.Add(AttachedShard.Option);
        return start;
    }
}
