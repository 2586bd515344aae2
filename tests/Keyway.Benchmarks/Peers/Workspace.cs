using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keyway.Benchmarks.Peers;

/// <summary>The temporary folder and the processes of one run. Whatever way the run ends, it leaves nothing behind.</summary>
internal sealed class Workspace : IDisposable
{
    // Below the range that Linux gives to outgoing connections: a shard that is killed finds its port free when it returns.
    private const int FirstPort = 20_000;
    private const int LastPort = 31_000;

    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _children = [];
    private readonly List<Action> _cleanUps = [];
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _nextPort = FirstPort + (Environment.ProcessId * 37 % (LastPort - FirstPort));
    private bool _disposed;

    public Workspace()
    {
        Folder = Directory.CreateTempSubdirectory("keyway-benchmarks-").FullName;
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _signals.Add(PosixSignalRegistration.Create(signal, Interrupted));
        AppDomain.CurrentDomain.UnhandledException += (_, _) => Dispose();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public string Folder { get; }

    /// <summary>Somebody wants the run to end now: that nothing answers any more is no finding.</summary>
    public bool IsInterrupted { get; private set; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public ChildProcess Start(string name, string file, params string[] arguments)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var child = ChildProcess.Start(PathOf(name + ".log"), Folder, file, arguments);
            _children.Add(child);
            return child;
        }
    }

    /// <summary>What else is to be cleared away, once the processes are gone.</summary>
    public void AtEnd(Action cleanUp)
    {
        lock (_gate) _cleanUps.Add(cleanUp);
    }

    public int FreePort()
    {
        for (int attempt = 0; attempt < LastPort - FirstPort; attempt++)
        {
            int port = _nextPort;
            _nextPort = _nextPort >= LastPort ? FirstPort : _nextPort + 1;
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

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (ChildProcess child in _children) child.Signal(Signals.Continue);
            foreach (ChildProcess child in _children) child.Signal(Signals.Terminate);
            foreach (ChildProcess child in _children) child.Dispose();
            foreach (Action cleanUp in _cleanUps) cleanUp();
        }

        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed in the middle of writing may have left the folder busy; the system clears it away.
        }
    }

    private void Interrupted(PosixSignalContext context)
    {
        context.Cancel = true;
        IsInterrupted = true;
        lock (_gate)
        {
            foreach (ChildProcess child in _children) child.Signal(Signals.Kill);
        }

        Environment.Exit(130);
    }
}
