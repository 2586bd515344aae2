using System.Net;
using System.Net.Sockets;
using Keyway.Platform;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Configuration;

/// <summary>
/// What hosts stand for. Names count only with resolve-hostnames; what a name stands for is asked of the system on a thread of its own, and remembered:
/// whoever asks for a name that is not known yet is told nothing, and finds it known a little later.
/// </summary>
internal sealed class HostResolver(EventLoop loop, GlobalSettings settings) : IHostResolver
{
    private const int MostNames = 1000;                 // peers send names too
    private const long FreshMs = 10_000;                // an address may change: a name is asked for again now and then

    private readonly NumericHosts _numeric = new();
    private readonly Dictionary<string, Answer> _known = new(StringComparer.OrdinalIgnoreCase);

    public ServerAddress? Resolve(string host, int port)
    {
        if (_numeric.Resolve(host, port) is { } numeric) return Announced(numeric);
        if (!settings.ResolveHostnames || port is < 0 or > ushort.MaxValue || host.Length == 0) return null;

        Answer? answer = _known.GetValueOrDefault(host);
        if (answer == null || (!answer.IsAsked && loop.NowMs - answer.AtMs > FreshMs)) Ask(host, null);
        return answer?.Ip == null ? null : Announced(new ServerAddress(host, answer.Ip, port));
    }

    /// <summary>The same, waiting for the system's answer: before the loop runs.</summary>
    public ServerAddress? ResolveNow(string host, int port)
    {
        if (_numeric.Resolve(host, port) is { } numeric) return Announced(numeric);
        if (!settings.ResolveHostnames || host.Length == 0) return null;

        string? ip = LookUp(host);
        if (ip == null) return null;
        Remember(host, ip);
        return Announced(new ServerAddress(host, ip, port));
    }

    /// <summary>Calls back on the loop's thread when the name is known, or known to be none.</summary>
    public void ResolveThen(string host, Action done)
    {
        bool isName = settings.ResolveHostnames && host.Length > 0 && _numeric.Resolve(host, 0) == null;
        if (isName) Ask(host, done);
        else done();
    }

    private static string? LookUp(string host)
    {
        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(host);
            return (addresses.FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault())?.ToString();
        }
        catch (Exception none) when (none is SocketException or ArgumentException)
        {
            return null;
        }
    }

    private ServerAddress Announced(ServerAddress address) => settings.AnnounceHostnames ? address with { AnnounceHost = true } : address;

    private void Ask(string host, Action? done)
    {
        if (_known.TryGetValue(host, out Answer? answer)) answer.IsAsked = true;
        else if (_known.Count < MostNames) _known[host] = new Answer { IsAsked = true };
        else if (done == null) return;

        // The system's own look-up waits for a network: it gets a thread that nobody else waits for.
        var thread = new Thread(() =>
        {
            string? ip = LookUp(host);
            loop.Post(() =>
            {
                Remember(host, ip);
                done?.Invoke();
            });
        }) { IsBackground = true, Name = "resolve" };
        thread.Start();
    }

    private void Remember(string host, string? ip)
    {
        if (!_known.TryGetValue(host, out Answer? answer))
        {
            if (_known.Count >= MostNames) return;
            _known[host] = answer = new Answer();
        }

        answer.Ip = ip ?? answer.Ip;
        answer.AtMs = loop.NowMs;
        answer.IsAsked = false;
    }

    private sealed class Answer
    {
        public string? Ip;
        public long AtMs;
        public bool IsAsked;
    }
}
