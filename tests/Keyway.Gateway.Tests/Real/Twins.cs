using System.Text;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>A lone redis-server and a gateway over two: what a client reads from the one and from the other must be the same, byte for byte.</summary>
internal sealed class Twins : IDisposable
{
    private readonly RedisServer _lone;
    private readonly List<RespClient> _clients = [];

    public Twins(int protocol = 2, params string[] options)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        _lone = RedisServer.Start(options);
        Servers = [RedisServer.Start(options), RedisServer.Start(options)];
        PartitionRule[] rules = [new() { Name = "rest", Line = 1, Placement = new Placement.Slots([new SlotRange(0, 8191, 0), new SlotRange(8192, 16383, 1)]) }];
        Gateway = new RealGateway(OperatingSystem.IsLinux() ? "epoll" : "sockets", [Servers[0].EndPoint, Servers[1].EndPoint], rules);
        Protocol = protocol;
    }

    public RedisServer[] Servers { get; }

    public RealGateway Gateway { get; }

    public int Protocol { get; }

    /// <summary>A client of each.</summary>
    public (RespClient Lone, RespClient Through) Connect()
    {
        (RespClient Lone, RespClient Through) pair = (_lone.Connect(), Gateway.Connect());
        _clients.Add(pair.Lone);
        _clients.Add(pair.Through);
        if (Protocol == 3)
        {
            pair.Lone.Call("HELLO", "3");
            pair.Through.Call("HELLO", "3");
        }
        return pair;
    }

    /// <summary>The same request to both. Words are separated by single spaces; "~" stands for a space within one.</summary>
    public static string Ask((RespClient Lone, RespClient Through) clients, string request)
    {
        string[] words = [.. request.Split(' ').Select(word => word.Replace('~', ' '))];
        clients.Lone.Send(words);
        clients.Through.Send(words);
        return Compare(clients, request);
    }

    public static string Compare((RespClient Lone, RespClient Through) clients, string what)
    {
        string expected = clients.Lone.ReadRawText();
        string actual = clients.Through.ReadRawText();
        Assert.True(expected == actual, $"{what}\nexpected {Show(expected)}\nactual   {Show(actual)}");
        return expected;
    }

    public void Dispose()
    {
        foreach (RespClient client in _clients) client.Dispose();
        Gateway.Dispose();
        foreach (RedisServer server in Servers) server.Dispose();
        _lone.Dispose();
    }

    private static string Show(string reply) => new StringBuilder(reply).Replace("\r", "\\r").Replace("\n", "\\n").ToString();
}
