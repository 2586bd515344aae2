using System.Net;
using System.Runtime.InteropServices;
using Keyway.Admin;
using Keyway.Configuration;
using Keyway.Hosting;
using Keyway.Logging;
using Keyway.Metrics;
using Keyway.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keyway.Verbs;

/// <summary>The host around the gateway: its life, its signals and its admin page.</summary>
internal static class GatewayHost
{
    /// <summary>Serves until the process is asked to end.</summary>
    /// <exception cref="IOException">An address cannot be bound; the message names it, and who has it where the system tells.</exception>
    public static async Task Run(GatewayRun run, LogOutput log)
    {
        using WebApplication host = Build(run, log);
        ILogger logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("keyway");
        var metrics = new MetricsReader(run);
        using var meter = new MeterPublisher(metrics, run.Version, TimeProvider.System);
        new AdminPages(run, metrics).MapTo(host);

        // Before anything serves: an unhandled SIGHUP ends a process.
        using IDisposable hangup = SignalHandler.On(PosixSignal.SIGHUP, () => run.Reloader?.Begin("SIGHUP"));
        try
        {
            await host.StartAsync();
        }
        catch (IOException failed) when (failed.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new IOException($"admin: {WhoHolds(run.Config.Admin) ?? failed.Message}", failed);
        }

        log.Print(Banner.Lines(run.Gateway!, AdminEndPoint(host), run.Version));
        await Serve(run.Gateway!, host, logger);
    }

    private static async Task Serve(RunningGateway gateway, WebApplication host, ILogger logger)
    {
        // Meanwhile it answers, and what a shard still loads is refused by name.
        Task ending = host.WaitForShutdownAsync();
        Task loaded = gateway.WaitUntilLoaded();
        if (await Task.WhenAny(loaded, ending) == loaded)
        {
            if (loaded.IsFaulted) await host.StopAsync();
            await loaded;
            HostLog.Ready(logger);
        }

        await ending;
    }

    // Nothing but what is used: neither files, environment variables nor command lines of the web server's own may change what is served.
    private static WebApplication Build(GatewayRun run, LogOutput log)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).SetMinimumLevel(log.Lowest).AddFilter("Microsoft", LogLevel.Warning);

        // A failed start is told once, by whoever catches it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(run);
        builder.Services.AddHostedService<GatewayService>();
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(EndPointOf(run.Config.Admin));
        });
        return builder.Build();
    }

    private static IPEndPoint EndPointOf(Address admin) =>
        admin.TryToListenEndPoint(out EndPoint? endPoint) ? (IPEndPoint)endPoint! : throw new InvalidOperationException($"{admin} cannot be bound");

    private static IPEndPoint? AdminEndPoint(WebApplication host)
    {
        string? address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        if (address is null) return null;
        string hostAndPort = address[(address.IndexOf("//", StringComparison.Ordinal) + 2)..];
        return IPEndPoint.TryParse(hostAndPort, out IPEndPoint? endPoint) ? endPoint : null;
    }

    // Kestrel says that the address is taken; a loop of ours also finds out by whom.
    private static string? WhoHolds(Address admin)
    {
        try
        {
            using EventLoop loop = ChosenLoop.Create();
            loop.Listen(EndPointOf(admin), new NobodyAccepted()).Dispose();
            return null;
        }
        catch (AddressInUseException taken)
        {
            return taken.Message;
        }
    }

    private sealed class NobodyAccepted : IAcceptor
    {
        public void OnAccepted(AcceptedConnection accepted) => accepted.Refuse([]);
    }
}
