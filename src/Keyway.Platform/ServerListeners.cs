using System.Net;
using System.Net.Sockets;
using Keyway.Platform.Tls;

namespace Keyway.Platform;

/// <summary>Where a server listens. Its TCP endpoints may change while it runs (CONFIG SET port, tls-port, bind); other kinds stay.</summary>
public sealed class ServerListeners(EventLoop loop, IAcceptor acceptor) : IDisposable
{
    private readonly List<(Listener Listener, bool IsTls)> _listeners = [];

    public int Count => _listeners.Count;

    /// <param name="options">Its certificates are for places that want them.</param>
    public Listener Add(ListenPlace place, ListenOptions options)
    {
        Listener listener = loop.Listen(place.EndPoint, acceptor, place.IsTls ? options : options with { Tls = null });
        _listeners.Add((listener, place.IsTls));
        return listener;
    }

    /// <summary>Listens on these TCP endpoints in place of those so far; if that cannot be, on those so far again.</summary>
    public bool TryReplace(IReadOnlyList<ListenPlace> wanted, ListenOptions options, out string reason)
    {
        ListenPlace[] before =
        [
            .. _listeners.Where(one => one.Listener.EndPoint is IPEndPoint).Select(one => new ListenPlace(one.Listener.EndPoint, IsOptional: true, one.IsTls)),
        ];

        // All of them first: an address may lie within another (127.0.0.1 in 0.0.0.0).
        CloseTcp();
        if (TryAddAll(wanted, options, out reason)) return true;

        CloseTcp();
        TryAddAll(before, options, out _);
        return false;
    }

    public void SetKeepAlive(int seconds)
    {
        foreach ((Listener listener, _) in _listeners) listener.SetKeepAlive(seconds);
    }

    public void SetTls(TlsServerSettings settings)
    {
        foreach ((Listener listener, _) in _listeners) listener.SetTls(settings);
    }

    public void Dispose()
    {
        foreach ((Listener listener, _) in _listeners) listener.Dispose();
        _listeners.Clear();
    }

    private bool TryAddAll(IReadOnlyList<ListenPlace> wanted, ListenOptions options, out string reason)
    {
        reason = "";
        foreach (ListenPlace place in wanted)
        {
            try
            {
                Add(place, options);
            }
            catch (Exception failed) when (failed is IOException or SocketException)
            {
                reason = failed.Message;
                if (!place.IsOptional) return false;
            }
        }

        return true;
    }

    private void CloseTcp()
    {
        foreach ((Listener listener, _) in _listeners.Where(one => one.Listener.EndPoint is IPEndPoint)) listener.Dispose();
        _listeners.RemoveAll(one => one.Listener.EndPoint is IPEndPoint);
    }
}
