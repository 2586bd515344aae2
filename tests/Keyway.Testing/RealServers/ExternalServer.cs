using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Keyway.Testing.RealServers;

/// <summary>A server program that a test starts on a free loopback port with its own directory, and kills by its id when disposed.</summary>
public abstract partial class ExternalServer : IDisposable
{
    private const int FirstPort = 11_000;
    private const int LastPort = 19_900;

    private const int SigContinue = 18;
    private const int SigStop = 19;

    private const int Attempts = 5;     // another process may take the free port between our look and the server's bind

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    // Processes that test at the same time begin at different places.
    private static int nextPort = Environment.ProcessId * 37;

    private readonly StringBuilder output = new();
    private Process? process;
    private Func<Process>? launch;
    private Func<bool>? isReady;

    static ExternalServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (Process left in Running.Values) Kill(left);    // a run that is interrupted leaves no servers behind
    };

    protected ExternalServer()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("keyway-test-").FullName;
    }

    public int Port { get; private set; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>The server's working directory; it goes away with the server.</summary>
    public string Directory { get; }

    public int ProcessId => process?.Id ?? 0;

    /// <summary>What it printed so far, for the message of a failing test.</summary>
    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    public bool HasExited => process is null || process.HasExited;

    /// <summary>
    /// Below the range that systems give to outgoing connections, so that a server which is started later, or again, finds its port free; and each port once
    /// a process. The port ten thousand above, which a cluster's servers want for themselves, lies below that range too.
    /// </summary>
    public static int FreePort()
    {
        for (int attempt = 0; attempt < LastPort - FirstPort; attempt++)
        {
            int port = FirstPort + (int)((uint)Interlocked.Increment(ref nextPort) % (LastPort - FirstPort));
            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's: the next one.
            }
        }

        throw new InvalidOperationException($"no free port between {FirstPort} and {LastPort}");
    }

    /// <summary>Cuts the power: nothing is saved, nobody is told.</summary>
    public void Kill()
    {
        if (process is null) return;
        Kill(process);
        Running.TryRemove(process.Id, out _);
    }

    /// <summary>Starts it again, on the same port with the same options and whatever its directory holds.</summary>
    public void Restart()
    {
        Kill();
        process = launch!();
        if (!WaitUntilReady(isReady!)) throw new InvalidOperationException($"it did not start again on port {Port}:\n{Output}");
    }

    /// <summary>It hangs: connections stand, and nothing is answered, until <see cref="Continue"/>.</summary>
    public void Suspend() => Signal(ProcessId, SigStop);

    public void Continue() => Signal(ProcessId, SigContinue);

    public void Dispose()
    {
        Kill();
        process?.Dispose();
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (IOException)
        {
            // A file that is still being written keeps a directory in the temporary folder: no reason to fail a test that has passed.
        }
        GC.SuppressFinalize(this);
    }

    protected void StartProcess(string program, Func<int, IEnumerable<string>> argumentsForPort, Func<bool> isReady)
    {
        for (int attempt = 1; ; attempt++)
        {
            Port = FreePort();
            launch = () => Launch(program, argumentsForPort(Port));
            this.isReady = isReady;
            process = launch();
            if (WaitUntilReady(isReady)) return;

            Kill();
            if (attempt == Attempts) throw new InvalidOperationException($"{program} did not start on port {Port}:\n{Output}");
        }
    }

    /// <returns>Null when the program runs here; otherwise why its tests cannot.</returns>
    protected static string? WhyUnavailable(string program)
    {
        try
        {
            var start = new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process probe = Process.Start(start)!;
            probe.WaitForExit();
            return null;
        }
        catch (Win32Exception)
        {
            if (Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_REDIS") == "1")
                throw new InvalidOperationException($"KEYWAY_REQUIRE_REDIS is 1, but there is no {program} on the path.");
            return $"there is no {program} on the path";
        }
    }

    private Process Launch(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);

        Process launched = Process.Start(start)!;
        Running[launched.Id] = launched;
        launched.OutputDataReceived += (_, line) => Note(line.Data);
        launched.ErrorDataReceived += (_, line) => Note(line.Data);
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private void Note(string? line)
    {
        lock (output) output.AppendLine(line);
    }

    private bool WaitUntilReady(Func<bool> isReady)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(StartLimit.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < deadline && !process!.HasExited)
        {
            try
            {
                if (isReady()) return !process.HasExited;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException)
            {
            }
            Thread.Sleep(2);
        }
        return false;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int processId, int signal);

    private static void Kill(Process target)
    {
        try
        {
            target.Kill();
            target.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
