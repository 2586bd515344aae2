using System.Net;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Replication.Following;

/// <summary>A shard, and a master that the test plays for it, byte for byte.</summary>
internal sealed class PlayedMaster : IDisposable
{
    public const string Id = "917901f75c8481017349022b16c9d9d29276627b";

    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 7000);

    private readonly SimulatedServer _server;

    public PlayedMaster(params string[] options)
    {
        Shard = new TestShard(options);
        Client = Shard.Connect();
        _server = Shard.Network.Listen(Address);
    }

    public TestShard Shard { get; }

    public SimulatedPeer Client { get; }

    public int Links => _server.Accepted.Count;

    /// <summary>The latest connection that the shard has made.</summary>
    public SimulatedPeer Link => _server.Accepted[^1];

    public string Call(string request) => Shard.Call(Client, request);

    /// <summary>One field of INFO.</summary>
    public string Info(string section, string field)
    {
        string text = Call($"INFO {section}");
        int start = text.IndexOf($"\n{field}:", StringComparison.Ordinal);
        return start < 0 ? "" : text[(start + field.Length + 2)..text.IndexOf('\r', start)];
    }

    /// <summary>Makes the shard a replica and answers all that it says up to PSYNC, whose arguments are returned.</summary>
    public string Meet()
    {
        Call("REPLICAOF 127.0.0.1 7000");
        return Greet();
    }

    public string Greet()
    {
        Shard.Network.RunUntilIdle();
        Send("+PONG\r\n");
        Send("+OK\r\n+OK\r\n");
        string said = Link.TakeText();
        int asked = said.IndexOf("*3\r\n$5\r\nPSYNC\r\n", StringComparison.Ordinal);
        Assert.True(asked >= 0, said);
        string[] words = said[asked..].Split("\r\n");
        return $"{words[4]} {words[6]}";
    }

    /// <summary>The same, with the answer that the shard may go on with what it has.</summary>
    public void Continue()
    {
        Meet();
        Send($"+CONTINUE {Id}\r\n");
    }

    public void Send(string bytes)
    {
        Assert.Equal(bytes.Length, Link.Send(bytes));
        Shard.Network.RunUntilIdle();
    }

    public void SendCommand(string words) => Send(Encoding.Latin1.GetString(RespClient.Encode(words.Split(' '))));

    public void Wait(double seconds) => Shard.Network.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => Shard.Dispose();
}
