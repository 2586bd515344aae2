using System.Net;
using System.Net.Sockets;
using Keyway.Platform;

namespace Keyway.Shard;

/// <summary>Where a server listens. Its TCP endpoints may change while it runs (CONFIG SET port, bind); other kinds stay.</summary>
internal sealed class ServerListeners(EventLoop loop, IAcceptor acceptor) : IDisposable
{
    private readonly List<Listener> _listeners = [];

    public int Count => _listeners.Count;

    public Listener Add(EndPoint endPoint, ListenOptions options)
    {
        Listener listener = loop.Listen(endPoint, acceptor, options);
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>Listens on these TCP endpoints in place of those so far; if that cannot be, on those so far again.</summary>
    public bool TryReplace(IReadOnlyList<(EndPoint EndPoint, bool IsOptional)> wanted, ListenOptions options, out string reason)
    {
        EndPoint[] before = [.. _listeners.Select(listener => listener.EndPoint).Where(endPoint => endPoint is IPEndPoint)];

        // All of them first: an address may lie within another (127.0.0.1 in 0.0.0.0).
        CloseTcp();
        if (TryAddAll(wanted, options, out reason)) return true;

        CloseTcp();
        TryAddAll([.. before.Select(endPoint => (endPoint, true))], options, out _);
        return false;
    }

    public void SetKeepAlive(int seconds)
    {
        foreach (Listener listener in _listeners) listener.SetKeepAlive(seconds);
    }

    public void Dispose()
    {
        foreach (Listener listener in _listeners) listener.Dispose();
        _listeners.Clear();
    }

    private bool TryAddAll(IReadOnlyList<(EndPoint EndPoint, bool IsOptional)> wanted, ListenOptions options, out string reason)
    {
        reason = "";
        foreach ((EndPoint endPoint, bool isOptional) in wanted)
        {
            try
            {
                Add(endPoint, options);
            }
            catch (Exception failed) when (failed is IOException or SocketException)
            {
                reason = failed.Message;
                if (!isOptional) return false;
            }
        }

        return true;
    }

    private void CloseTcp()
    {
        foreach (Listener listener in _listeners.Where(listener => listener.EndPoint is IPEndPoint)) listener.Dispose();
        _listeners.RemoveAll(listener => listener.EndPoint is IPEndPoint);
    }
}
