using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>A sentinel of ours on a real loop and a real port in this process, for whoever speaks to it as to a real one.</summary>
internal sealed class LiveSentinel : IDisposable
{
    private readonly EventLoop _loop = EventLoops.Create(TimeProvider.System);
    private readonly SentinelServer _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyway-sentinel-");
    private readonly Thread _thread;
    private readonly LineLogger _log = new();
    private Exception? _bug;

    /// <param name="lines">Of its sentinel.conf, without "port".</param>
    public LiveSentinel(params string[] lines)
        : this(RealDisk.Instance, lines)
    {
    }

    public LiveSentinel(Disk disk, params string[] lines)
    {
        _loop.Unhandled = failure => _bug ??= failure;
        File = Path.Combine(_folder.FullName, "sentinel.conf");
        Port = ExternalServer.FreePort();
        System.IO.File.WriteAllLines(File, [$"port {Port}", "bind 127.0.0.1", $"dir {_folder.FullName}", .. lines]);
        SentinelOptions options = SentinelOptions.FromCommandLine([File]);
        _server = new SentinelServer(_loop, options, disk, _log, _loop.Stop);
        foreach (ListenPlace place in options.EndPoints()) _server.Listen(place);
        _server.Start();
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Port { get; }

    public string File { get; }

    public string MyId => _server.MyId;

    /// <summary>The first exception that no handler should have let out.</summary>
    public Exception? Bug => Volatile.Read(ref _bug);

    public string Log => _log.Text;

    public RespClient Connect() => RespClient.Connect(Port);

    public void Dispose()
    {
        _loop.Stop();
        _thread.Join();
        _folder.Delete(recursive: true);
    }

    private void Run()
    {
        _loop.Run();
        _server.Stop();
        _loop.Dispose();
    }

    private sealed class LineLogger : ILogger
    {
        private readonly List<string> _lines = [];

        public string Text
        {
            get { lock (_lines) return string.Join('\n', _lines); }
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add(formatter(state, exception));
        }
    }
}
