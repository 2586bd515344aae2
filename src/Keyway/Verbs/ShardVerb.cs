using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Keyway.Hosting;
using Keyway.Logging;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol.Configuration;
using Keyway.Shard;
using Keyway.Shard.Configuration;
using Keyway.Shard.Rehearsals;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Verbs;

/// <summary>keyway shard [redis.conf] [--directive value …] [--log-format text|json|redis] [--attached]</summary>
internal static class ShardVerb
{
    private const string RedisVersion = "7.0.15";

    public static int Run(VerbContext context, string[] arguments)
    {
        (LogFormat format, string[] directives) = ServerVerb.TakeFormat(arguments);
        bool isAttached = directives.Contains(AttachedShard.Option);
        directives = [.. directives.Where(directive => directive != AttachedShard.Option)];
        ShardOptions options;
        try
        {
            options = ShardOptions.FromCommandLine(directives);
        }
        catch (ConfFileException wrong)
        {
            // redis-server's own text and exit code, which those who replace it have scripts for.
            context.Error.WriteLine(wrong.Message);
            return ExitCode.Runtime;
        }

        if (!ServerVerb.TryOpenLog(options.LogFile, out Stream output, out string reason))
        {
            context.Error.WriteLine($"keyway shard: {reason}");
            return ExitCode.Runtime;
        }

        using var log = new LogOutput(format, output, TimeProvider.System, lowest: LevelOf(options.LogLevel));
        ILogger logger = log.CreateLogger("shard");
        HostLog.ShardStarting(logger, CommandLine.Version, RedisVersion, Environment.ProcessId);
        try
        {
            if (options.PassedOverRole.Length > 0) HostLog.RolePassedOver(logger, options.PassedOverRole, options.File);
            if (options.EndPoints().Count == 0)
            {
                HostLog.NowhereToListen(logger);
                return ExitCode.Runtime;
            }

            using var process = new PidFile(options.PidFile);
            using AttachedShard? attached = isAttached ? AttachedShard.Take(options.Folder) : null;
            return Serve(options, logger, log, attached);
        }
        catch (Exception failed) when (failed is IOException or SocketException or TlsConfigurationException or StateException)
        {
            if (failed is TlsConfigurationException) HostLog.TlsNotConfigured(logger, failed.Message);
            log.Dispose();
            context.Error.WriteLine($"keyway shard: {failed.Message}");
            return ExitCode.Runtime;
        }
    }

    // As redis-server names them; "verbose" tells of clients that come and go.
    private static LogLevel LevelOf(string name) => name switch
    {
        "debug" or "verbose" => LogLevel.Debug,
        "warning" => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    private static int Serve(ShardOptions options, ILogger logger, LogOutput log, AttachedShard? attached)
    {
        using EventLoop loop = ChosenLoop.Create();
        loop.Unhandled = failure => HostLog.ShardBug(logger, $"{options.Port}", failure);
        bool hasData = true;
        var server = new ShardServer(loop, options, logger, onShutdown: loop.Stop)
        {
            OnLogLevel = level => log.Lowest = LevelOf(level),
            OnRole = isMaster => log.Role = isMaster ? 'M' : 'S',
            OnLoadFailed = () =>
            {
                hasData = false;
                loop.Stop();
            },
            WhenLoaded = () => attached?.Say(AttachedShard.Serving),
        };
        attached?.Watch(loop, server);
        using IDisposable terminate = SignalHandler.On(PosixSignal.SIGTERM, () => loop.Post(() => server.OnSignal("SIGTERM")));
        using IDisposable interrupt = SignalHandler.On(PosixSignal.SIGINT, () =>
        {
            // A terminal interrupts the parent too, which lets its clients have their replies first.
            if (attached is null) loop.Post(() => server.OnSignal("SIGINT"));
        });
        using IDisposable hangup = SignalHandler.On(PosixSignal.SIGHUP, () => { });   // as redis-server ignores it

        server.Load();
        if (hasData)
        {
            ServerVerb.Listen(options.EndPoints(), place => server.Listen(place), logger);
            attached?.Say(server.IsLoading ? AttachedShard.Listening : AttachedShard.Serving);
            ShardRehearsal.Begin(ChosenLoop.Create, failure => HostLog.NotRehearsed(logger, failure.Message));
            loop.Run();
        }

        server.Stop();
        return hasData ? ExitCode.Ok : ExitCode.Runtime;
    }
}
