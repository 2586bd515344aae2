using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Keyway.Platform.Epoll;

/// <summary>Connects to a host by name: asks the system for its addresses away from the loop, then tries them in turn.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NamedConnect(EpollConnection connection, DnsEndPoint name)
{
    private IPAddress[] addresses = [];
    private int next;

    public void Begin()
    {
        connection.TryNext = TryNext;
        _ = ResolveAsync();
    }

    private async Task ResolveAsync()
    {
        try
        {
            addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily).ConfigureAwait(false);
            connection.Loop.Post(ConnectFirst);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            connection.Loop.Post(() => connection.Fail(error));
        }
    }

    private void ConnectFirst()
    {
        if (connection.IsOpen) TryNext(new SocketException((int)SocketError.HostNotFound));
    }

    private void TryNext(Exception error)
    {
        while (next < addresses.Length)
        {
            Exception? failed = connection.TryConnect(new IPEndPoint(addresses[next++], name.Port));
            if (failed == null) return;
            error = failed;
        }
        connection.Fail(error);
    }
}
