using System.Net.Sockets;
using System.Runtime.InteropServices;
using Keyway.Hosting;
using Keyway.Logging;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Platform.Tls;
using Keyway.Protocol.Configuration;
using Keyway.Sentinel;
using Microsoft.Extensions.Logging;

namespace Keyway.Verbs;

/// <summary>keyway sentinel sentinel.conf [--directive value …] [--log-format text|json|redis]</summary>
internal static class SentinelVerb
{
    private const string RedisVersion = "7.0.15";
    private const char Role = 'X';
    private const int SimulatedCrash = 99;

    public static int Run(VerbContext context, string[] arguments)
    {
        (LogFormat format, string[] directives) = ServerVerb.TakeFormat(arguments);
        SentinelOptions options;
        try
        {
            options = SentinelOptions.FromCommandLine(directives);
        }
        catch (ConfFileException wrong)
        {
            // redis-server's own text and exit code, which those who replace it have scripts for.
            context.Error.WriteLine(wrong.Message);
            return ExitCode.Runtime;
        }

        if (!ServerVerb.TryOpenLog(options.LogFile, out Stream output, out string reason))
        {
            context.Error.WriteLine($"keyway sentinel: {reason}");
            return ExitCode.Runtime;
        }

        using var log = new LogOutput(format, output, TimeProvider.System, Role, LevelOf(options.LogLevel));
        ILogger logger = log.CreateLogger("sentinel");
        HostLog.SentinelStarting(logger, CommandLine.Version, RedisVersion, Environment.ProcessId);
        if (options.File.Length == 0)
        {
            HostLog.SentinelWithoutFile(logger);
            return ExitCode.Runtime;
        }

        try
        {
            using var process = new PidFile(options.PidFile);
            return Serve(options, logger, log);
        }
        catch (DiskException cannot)
        {
            HostLog.SentinelFileNotWritable(logger, options.File, cannot.Reason);
            return ExitCode.Runtime;
        }
        catch (Exception failed) when (failed is IOException or SocketException or TlsConfigurationException or ConfFileException)
        {
            if (failed is TlsConfigurationException) HostLog.TlsNotConfigured(logger, failed.Message);
            log.Dispose();
            context.Error.WriteLine(failed is ConfFileException ? failed.Message : $"keyway sentinel: {failed.Message}");
            return ExitCode.Runtime;
        }
    }

    private static LogLevel LevelOf(string name) => name switch
    {
        "debug" => LogLevel.Trace,
        "verbose" => LogLevel.Debug,
        "warning" => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    private static int Serve(SentinelOptions options, ILogger logger, LogOutput log)
    {
        using EventLoop loop = ChosenLoop.Create();
        loop.Unhandled = failure => HostLog.SentinelBug(logger, failure);
        var server = new SentinelServer(loop, options, RealDisk.Instance, logger, onShutdown: loop.Stop)
        {
            OnCrash = () =>
            {
                log.Dispose();
                Environment.Exit(SimulatedCrash);
            },
        };
        using IDisposable terminate = SignalHandler.On(PosixSignal.SIGTERM, () => loop.Post(() => server.OnSignal("SIGTERM")));
        using IDisposable interrupt = SignalHandler.On(PosixSignal.SIGINT, () => loop.Post(() => server.OnSignal("SIGINT")));
        using IDisposable hangup = SignalHandler.On(PosixSignal.SIGHUP, () => { });   // as redis-server ignores it

        // Its places first: who cannot listen must not promise anything.
        ServerVerb.Listen(options.EndPoints(), place => server.Listen(place), logger);
        server.Start();
        loop.Run();
        server.Stop();
        return ExitCode.Ok;
    }
}
