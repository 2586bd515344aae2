using System.Net;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol;
using Keyway.Sentinel.Core;
using Microsoft.Extensions.Logging;

namespace Keyway.Sentinel.Links;

/// <summary>All connections of a sentinel to those whom it watches and with whom it agrees.</summary>
internal sealed class SentinelLinks(SentinelServer server)
{
    private const int ShortIdLength = 8;

    private readonly Dictionary<(InstanceLink Link, LinkKind Kind), LinkConnection> _connections = [];

    public EventLoop Loop => server.Loop;

    public ILogger Logger => server.Logger;

    public BufferPool Pool => server.Pool;

    /// <summary>Not null: links speak TLS.</summary>
    public TlsClientSettings? Tls { get; set; }

    public void Open(Instance instance, InstanceLink link, LinkKind kind)
    {
        Close(link, kind);
        var connection = new LinkConnection(this, link, kind);
        string[]? login = Login(instance);
        if (login != null) connection.Introduce(login);
        string shortId = server.Core.State.MyId[..Math.Min(ShortIdLength, server.Core.State.MyId.Length)];
        connection.Introduce([SentinelContext.CommandName(instance, "CLIENT"), "SETNAME", $"sentinel-{shortId}-{(kind == LinkKind.Command ? "cmd" : "pubsub")}"]);
        if (kind == LinkKind.PubSub) connection.Introduce([SentinelContext.CommandName(instance, "SUBSCRIBE"), "__sentinel__:hello"]);

        _connections[(link, kind)] = connection;
        Loop.Connect(new IPEndPoint(IPAddress.Parse(instance.Address.Ip), instance.Address.Port), connection, Tls);
    }

    public void Close(InstanceLink link, LinkKind kind)
    {
        if (_connections.Remove((link, kind), out LinkConnection? connection)) connection.Abandon();
    }

    public void Send(SentinelRequest request)
    {
        // A link that has just been lost answers nothing; the core hears of the loss in this turn.
        if (_connections.TryGetValue((request.Link, LinkKind.Command), out LinkConnection? connection)) connection.Send(request);
    }

    public void CloseAll()
    {
        foreach (LinkConnection connection in _connections.Values) connection.Abandon();
        _connections.Clear();
    }

    internal void OnUp(InstanceLink link, LinkKind kind, string localIp) => server.Core.OnLinkUp(Loop.NowMs, link, kind, localIp);

    internal void OnDown(LinkConnection connection, InstanceLink link, LinkKind kind)
    {
        if (_connections.TryGetValue((link, kind), out LinkConnection? present) && present == connection) _connections.Remove((link, kind));
        server.Core.OnLinkDown(Loop.NowMs, link, kind);
    }

    internal void OnReply(SentinelRequest request, SentinelReply reply) => server.Core.OnReply(Loop.NowMs, request, reply);

    internal void OnPubSub(InstanceLink link, string? hello) => server.Core.OnPubSub(Loop.NowMs, link, hello);

    // A server is told what its master's configuration says; a sentinel what is set for sentinels, else what is asked of clients here.
    private string[]? Login(Instance instance)
    {
        string user = "", password;
        if (instance.Kind == InstanceKind.Sentinel)
        {
            bool isSet = server.GlobalSettings.SentinelPassword.Length > 0;
            password = isSet ? server.GlobalSettings.SentinelPassword : server.PasswordText;
            if (isSet) user = server.GlobalSettings.SentinelUser;
        }
        else
        {
            password = instance.Master.AuthPassword ?? "";
            user = instance.Master.AuthUser ?? "";
        }

        if (password.Length == 0) return null;
        string auth = SentinelContext.CommandName(instance, "AUTH");
        return user.Length == 0 ? [auth, password] : [auth, user, password];
    }
}
