using System.Text;
using Keyway.Platform.Simulation;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>A client of the simulated gateway: sends lines as multibulk requests, and says what it has received.</summary>
internal sealed class TestClient(TestGateway gateway, SimulatedPeer peer)
{
    public SimulatedPeer Peer => peer;

    public bool IsClosed => peer.IsClosed;

    /// <summary>Each string is one request, its words separated by single spaces.</summary>
    public void Send(params string[] requests)
    {
        foreach (string request in requests) SendRaw(Encode(request.Split(' ')));
    }

    public void SendRaw(string bytes)
    {
        ReadOnlySpan<byte> rest = Encoding.Latin1.GetBytes(bytes);
        while (rest.Length > 0 && !peer.IsClosed)
        {
            int sent = peer.Send(rest);
            rest = rest[sent..];
            gateway.Settle();
            if (sent == 0 && rest.Length > 0) throw new InvalidOperationException("The gateway does not read: send less, or use TrySendRaw.");
        }
        gateway.Settle();
    }

    /// <summary>As much as the network takes; how much that was.</summary>
    public int TrySendRaw(string bytes)
    {
        byte[] all = Encoding.Latin1.GetBytes(bytes);
        int at = 0;
        while (at < all.Length)
        {
            int sent = peer.Send(all.AsSpan(at));
            at += sent;
            gateway.Settle();
            if (sent == 0) break;
        }
        return at;
    }

    /// <summary>Exactly this has come since the last look.</summary>
    public void Received(string expected)
    {
        gateway.Settle();
        Assert.Equal(expected, peer.TakeText());
    }

    public void ReceivedNothing() => Received("");

    public string Take()
    {
        gateway.Settle();
        return peer.TakeText();
    }

    public string Ask(string request)
    {
        Send(request);
        return Take();
    }

    public static string Encode(params string[] words) =>
        $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.Latin1.GetByteCount(word)}\r\n{word}\r\n"));
}
