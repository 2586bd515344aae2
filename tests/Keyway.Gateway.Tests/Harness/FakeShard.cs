using System.Net;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>
/// A shard that does only what the test says. Handshakes (PING, HELLO, AUTH, SELECT) it answers by itself; every other request is kept until
/// the test replies, or is answered at once by <see cref="Answer"/>.
/// </summary>
internal sealed class FakeShard
{
    private readonly SimulatedNetwork _network;
    private readonly Dictionary<SimulatedPeer, List<byte>> _input = [];
    private readonly List<(SimulatedPeer Link, string Request)> _waiting = [];
    private readonly Dictionary<SimulatedPeer, Queue<byte[]>> _unsent = [];

    public FakeShard(SimulatedNetwork network, IPEndPoint address)
    {
        _network = network;
        Address = address;
        Server = network.Listen(address);
        Server.WhenAccepted = Watch;
        Broker = new FakeBroker(this);
    }

    public IPEndPoint Address { get; }

    public SimulatedServer Server { get; private set; }

    /// <summary>All requests that ever came, handshakes aside, in their order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>All bytes that ever came, handshakes included, in the order of their arrival.</summary>
    public List<byte> Bytes { get; } = [];

    /// <summary>All handshake commands that ever came.</summary>
    public List<string> Handshakes { get; } = [];

    /// <summary>Its channels and who listens.</summary>
    public FakeBroker Broker { get; }

    /// <summary>Requests that wait for a reply.</summary>
    public IReadOnlyList<string> Waiting => [.. _waiting.Select(entry => entry.Request)];

    /// <summary>Set: requests are answered at once with what it returns; null keeps the request waiting.</summary>
    public Func<string, string?>? Answer { get; set; }

    /// <summary>Set: MULTI and WATCH are understood, and requests answered, by it.</summary>
    public FakeTransactions? Transactions { get; set; }

    /// <summary>What it says of its role when it is asked; null for a server that is not asked.</summary>
    public FakeRole? Role { get; set; }

    /// <summary>What the handshake command gets; null for the usual.</summary>
    public Func<string, string?>? HandshakeAnswer { get; set; }

    public IReadOnlyList<SimulatedPeer> Links => [.. Server.Accepted.Where(peer => !peer.IsClosed)];

    /// <summary>The link that the oldest waiting request came on.</summary>
    public SimulatedPeer WaitingLink => _waiting[0].Link;

    /// <summary>Answers the oldest waiting request that is so.</summary>
    public void ReplyTo(string request, string reply)
    {
        int index = _waiting.FindIndex(entry => entry.Request == request);
        SimulatedPeer link = _waiting[index].Link;
        _waiting.RemoveAt(index);
        SendOn(link, reply);
    }

    public IReadOnlyList<SimulatedPeer> WaitingLinks => [.. _waiting.Select(entry => entry.Link)];

    /// <summary>Answers the oldest waiting requests, one reply each.</summary>
    public void Reply(params string[] replies)
    {
        foreach (string reply in replies)
        {
            (SimulatedPeer link, _) = _waiting[0];
            _waiting.RemoveAt(0);
            SendOn(link, reply);
        }
    }

    /// <summary>Sends bytes on the oldest waiting request's link without counting it as answered.</summary>
    public void SendPart(string bytes) => SendOn(_waiting[0].Link, bytes);

    public void ForgetWaiting() => _waiting.RemoveAt(0);

    /// <summary>Sends what there was no room for before; true if anything moved.</summary>
    public bool Flush()
    {
        bool moved = false;
        foreach ((SimulatedPeer link, Queue<byte[]> unsent) in _unsent.ToArray()) moved |= Flush(link, unsent);
        return moved;
    }

    /// <summary>The process dies: links are cut, the port refuses.</summary>
    public void Kill()
    {
        _network.TakeDown(Address);
        _waiting.Clear();
        _network.RunUntilIdle();
    }

    public void Restart() => _network.BringUp(Address);

    private void SendOn(SimulatedPeer link, string bytes)
    {
        ReadOnlySpan<byte> rest = Encoding.Latin1.GetBytes(bytes);
        while (rest.Length > 0 && !link.IsClosed)
        {
            int sent = link.Send(rest);
            rest = rest[sent..];
            _network.RunUntilIdle();
            if (sent == 0 && rest.Length > 0) throw new InvalidOperationException("The gateway does not read this link.");
        }
        _network.RunUntilIdle();
    }

    private void Watch(SimulatedPeer link)
    {
        _input[link] = [];
        link.WhenReceived = Read;
    }

    private void Read(SimulatedPeer link)
    {
        List<byte> input = _input[link];
        byte[] received = link.TakeReceived();
        input.AddRange(received);
        Bytes.AddRange(received);
        var reader = new RequestReader();
        while (true)
        {
            byte[] bytes = [.. input];
            if (reader.Read(bytes) != RequestStatus.Complete) return;
            string request = Text(reader.Arguments(bytes));
            input.RemoveRange(0, reader.Consumed);
            Take(link, request);
        }
    }

    private void Take(SimulatedPeer link, string request)
    {
        string name = request.Split(' ')[0];
        if (Role is { } role && role.Answer(request) is { } said)
        {
            if (said.Length > 0) SendWhole(link, Encoding.Latin1.GetBytes(said));
            return;
        }
        if (name is "PING" or "HELLO" or "AUTH" or "SELECT" && Transactions?.IsQueueing(link) != true)
        {
            Handshakes.Add(request);
            string answer = HandshakeAnswer?.Invoke(request) ?? (name switch
            {
                "PING" => "+PONG\r\n",
                "HELLO" => "%1\r\n$5\r\nproto\r\n:3\r\n",
                _ => "+OK\r\n",
            });
            link.Send(Encoding.Latin1.GetBytes(answer));
            return;
        }
        if (Broker.Take(link, request)) return;
        Log.Add(request);
        string? reply = Transactions is null || Transactions.IsOther(request) ? Answer?.Invoke(request) : Transactions.Answer(link, request);
        if (reply is null) _waiting.Add((link, request));
        else SendWhole(link, Encoding.Latin1.GetBytes(reply));
    }

    public void SendWhole(SimulatedPeer link, string bytes) => SendWhole(link, Encoding.Latin1.GetBytes(bytes));

    // What the connection has no room for goes later, when somebody has made room.
    private void SendWhole(SimulatedPeer link, byte[] reply)
    {
        if (!_unsent.TryGetValue(link, out Queue<byte[]>? unsent)) _unsent[link] = unsent = new Queue<byte[]>();
        unsent.Enqueue(reply);
        Flush(link, unsent);
    }

    private static bool Flush(SimulatedPeer link, Queue<byte[]> unsent)
    {
        bool moved = false;
        while (unsent.Count > 0)
        {
            byte[] first = unsent.Dequeue();
            int sent = link.IsClosed ? first.Length : link.Send(first);
            moved |= sent > 0;
            if (sent == first.Length) continue;
            byte[][] behind = [.. unsent];
            unsent.Clear();
            unsent.Enqueue(first[sent..]);
            foreach (byte[] next in behind) unsent.Enqueue(next);
            break;
        }
        return moved;
    }

    private static string Text(Arguments arguments)
    {
        var words = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
            words.Add(arguments[i].Length > 200 ? $"<{arguments[i].Length} bytes>" : Encoding.Latin1.GetString(arguments[i]));
        return string.Join(' ', words);
    }
}
