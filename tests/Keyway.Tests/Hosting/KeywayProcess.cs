using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Verbs;

namespace Keyway.Tests.Hosting;

/// <summary>The executable as a process of its own, as it was built.</summary>
internal sealed partial class KeywayProcess : IDisposable
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private KeywayProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Error => Text(_error);

    public static KeywayProcess Start(string folder, params string[] arguments) => StartWith(folder, transport: "", arguments);

    /// <param name="folder">Where it runs.</param>
    /// <param name="transport">What KEYWAY_TRANSPORT says.</param>
    /// <param name="arguments">The verb and what follows it.</param>
    public static KeywayProcess StartWith(string folder, string transport, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";   // many short lives
        start.Environment["KEYWAY_TRANSPORT"] = transport;
        return new KeywayProcess(start);
    }

    /// <summary>Runs it to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string folder, params string[] arguments)
    {
        using KeywayProcess process = Start(folder, arguments);
        int code = process.WaitForExit();
        return (code, process.Output, process.Error);
    }

    public KeywayProcess WaitFor(string text, int times = 1)
    {
        Eventually.True(() => Count(text) >= times || _process.HasExited, Describe);
        Assert.True(Count(text) >= times, Describe());
        return this;
    }

    public KeywayProcess WaitUntilReady() => WaitFor("Ready to accept connections");

    public int WaitForExit()
    {
        Eventually.True(() => _process.HasExited, Describe);
        _process.WaitForExit();   // also for the last lines
        return _process.ExitCode;
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(Id, signal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    public string Describe() => $"output:\n{Output}\nerror:\n{Error}";

    private int Count(string text) => Output.Split(text).Length - 1;

    private static void Note(StringBuilder lines, string? line)
    {
        lock (lines)
        {
            if (line is not null) lines.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder lines)
    {
        lock (lines) return lines.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
