using System.Net;
using System.Text;
using Keyway.Gateway.Metrics;
using Keyway.Hosting;
using Keyway.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keyway.Admin;

/// <summary>The admin pages: what runs, how it does, whether it is ready, and the door of `keyway reload`.</summary>
internal sealed class AdminPages(GatewayRun run, MetricsReader metrics)
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string PrometheusContent = "text/plain; version=0.0.4; charset=utf-8";

    public void MapTo(WebApplication application)
    {
        application.MapGet("/", context => Answer(context, StatusCodes.Status200OK, PlainText, StatusPage.Text(run)));
        application.MapGet("/metrics", context => Answer(context, StatusCodes.Status200OK, PrometheusContent, PrometheusText.Write(metrics.Read())));
        application.MapGet("/healthz", context => Answer(context, StatusCodes.Status200OK, PlainText, "ok\n"));
        application.MapGet("/readyz", Ready);
        application.MapPost("/reload", Reload);
    }

    private Task Ready(HttpContext context)
    {
        IReadOnlyList<string> problems = Readiness.Problems(run.Gateway?.Server.Snapshot());
        return problems.Count == 0
            ? Answer(context, StatusCodes.Status200OK, PlainText, "ready\n")
            : Answer(context, StatusCodes.Status503ServiceUnavailable, PlainText, string.Concat(problems.Select(problem => $"{problem}\n")));
    }

    private async Task Reload(HttpContext context)
    {
        bool isOurs = IsThisMachine(context.Connection) && context.Request.Headers[AdminClient.VerbHeader] == "reload";
        if (!isOurs || run.Reloader is not { } reloader || run.Gateway is not { } gateway)
        {
            await Answer(context, StatusCodes.Status403Forbidden, PlainText, "only `keyway reload` on this machine may ask for this\n");
            return;
        }

        ReloadResult result = await reloader.ReloadAsync("keyway reload");
        string file = gateway.Config.File is { } named ? Path.GetFullPath(named) : gateway.Config.FileName;
        var answer = new ReloadAnswer(ReloadResult.NameOf(result.Outcome), file, result.Changes, result.Problems);
        await Answer(context, StatusCodes.Status200OK, "application/json", answer.ToJson());
    }

    // Whoever connects to an address from the same address is no stranger.
    private static bool IsThisMachine(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } peer && (IPAddress.IsLoopback(peer) || peer.Equals(connection.LocalIpAddress));

    private static Task Answer(HttpContext context, int status, string contentType, string text) =>
        Answer(context, status, contentType, Encoding.UTF8.GetBytes(text));

    private static async Task Answer(HttpContext context, int status, string contentType, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body);
    }
}
