using System.Net;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>A sentinel that says of the master "orders" whatever the test wants it to.</summary>
internal sealed class FakeSentinel
{
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedPeer> _subscribers = [];

    public FakeSentinel(SimulatedNetwork network, IPEndPoint address)
    {
        _network = network;
        Address = address;
        network.Listen(address).WhenAccepted = peer => peer.WhenReceived = Read;
    }

    public IPEndPoint Address { get; }

    /// <summary>Null: it knows no such master.</summary>
    public IPEndPoint? Master { get; set; }

    public long Epoch { get; set; }

    public List<IPEndPoint> Replicas { get; } = [];

    public List<IPEndPoint> Others { get; } = [];

    public int Asked { get; private set; }

    public void Kill() => _network.TakeDown(Address);

    public void Restart() => _network.BringUp(Address);

    public void Switch(IPEndPoint to, long epoch)
    {
        string message = $"orders {Master!.Address} {Master.Port} {to.Address} {to.Port}";
        Master = to;
        Epoch = epoch;
        foreach (SimulatedPeer peer in _subscribers)
            peer.Send($"*3\r\n$7\r\nmessage\r\n$14\r\n+switch-master\r\n${message.Length}\r\n{message}\r\n");
        _network.RunUntilIdle();
    }

    private void Read(SimulatedPeer link)
    {
        byte[] bytes = link.TakeReceived();
        var reader = new RequestReader();
        while (bytes.Length > 0 && reader.Read(bytes) == RequestStatus.Complete)
        {
            Arguments words = reader.Arguments(bytes);
            string request = Encoding.Latin1.GetString(words[0]);
            for (int i = 1; i < words.Count; i++) request += " " + Encoding.Latin1.GetString(words[i]);
            bytes = bytes[reader.Consumed..];
            reader.Reset();
            link.Send(Answer(link, request));
        }
    }

    private string Answer(SimulatedPeer link, string request)
    {
        Asked++;
        switch (request)
        {
            case "SUBSCRIBE +switch-master":
                _subscribers.Add(link);
                return "*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n";
            case "SENTINEL GET-MASTER-ADDR-BY-NAME orders":
                return Master is null ? "*-1\r\n" : List(Master.Address.ToString(), $"{Master.Port}");
            case "SENTINEL MASTER orders":
                return Master is null ? "-ERR No such master with that name\r\n" : List("name", "orders", "config-epoch", $"{Epoch}");
            case "SENTINEL REPLICAS orders":
                return Servers(Replicas);
            case "SENTINEL SENTINELS orders":
                return Servers(Others);
            default:
                return "-ERR unknown\r\n";
        }
    }

    private static string Servers(List<IPEndPoint> servers) =>
        $"*{servers.Count}\r\n" + string.Concat(servers.Select(server => List("name", "x", "ip", server.Address.ToString(), "port", $"{server.Port}")));

    private static string List(params string[] words) => $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"));
}
