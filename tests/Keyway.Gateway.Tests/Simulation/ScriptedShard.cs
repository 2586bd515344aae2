using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>A shard that answers every request with its own tag at once, until it is told to misbehave.</summary>
internal sealed class ScriptedShard
{
    private static readonly string[] Garbage = ["garbage\r\n", "$x\r\n", "\0\0\0\0", "*1\r\n-\r\r\n", ">2\r\n+a\r\n+b\r\n", "+\n\r\n"];

    /// <summary>What it says of requests that it does not run.</summary>
    public static readonly string[] Refusals =
    [
        "-READONLY You can't write against a read only replica.\r\n",
        "-MOVED 3999 10.0.0.9:6379\r\n",
        "-CLUSTERDOWN Hash slot not served\r\n",
    ];

    private readonly SimulatedNetwork _network;
    private readonly Ledger _ledger;
    private readonly List<Link> _links = [];
    private readonly Random _refusing;

    private sealed class Link(SimulatedPeer peer)
    {
        public readonly SimulatedPeer Peer = peer;
        public readonly RequestReader Reader = new();
        public byte[] Input = [];
        public int Database;
        public bool Resp3;
        public int Unsent;
        public bool ResetsAtNextReply;

        // Since MULTI; null outside of a transaction.
        public List<string[]>? Queue;
        public bool IsSpoiled;

        /// <summary>A request that it has not answered yet, and nothing may come behind.</summary>
        public string[]? Blocked;

        // Replies not handed to the network yet; the first may be half sent.
        public readonly Queue<byte[]> Output = new();
    }

    public ScriptedShard(SimulatedNetwork network, string name, IPEndPoint address, Ledger ledger, int seed)
    {
        _refusing = new Random(seed);
        _network = network;
        _ledger = ledger;
        Name = name;
        Address = address;
        network.Listen(address).WhenAccepted = Accept;
    }

    public string Name { get; }

    public IPEndPoint Address { get; }

    /// <summary>It executes, but keeps its replies to itself.</summary>
    public bool IsMute { get; set; }

    /// <summary>It runs nothing, and says so.</summary>
    public bool IsLoading { get; set; }

    /// <summary>Of so many requests it refuses one; 0 for none.</summary>
    public int RefusesOneIn { get; set; }

    public bool IsDown { get; private set; }

    public bool IsFrozen { get; private set; }

    public int OpenLinks => _links.Count(link => !link.Peer.IsClosed);

    public void Kill()
    {
        IsDown = true;
        _network.TakeDown(Address);
    }

    public void Freeze()
    {
        IsFrozen = true;
        _network.Freeze(Address);
    }

    public void Heal()
    {
        if (IsDown) _network.BringUp(Address);
        if (IsFrozen) _network.Thaw(Address);
        IsDown = IsFrozen = IsMute = IsLoading = false;
        RefusesOneIn = 0;
        foreach (Link link in _links)
        {
            link.Peer.ResumeReading();
            link.ResetsAtNextReply = false;
        }
    }

    public void ResetOne(Random random) => Pick(random)?.Peer.Abort();

    public void ResetInReply(Random random)
    {
        if (Pick(random) is { } link) link.ResetsAtNextReply = true;
    }

    public void StopReadingOne(Random random) => Pick(random)?.Peer.StopReading();

    /// <summary>Between two replies, where nobody could take it for a part of one.</summary>
    public void SendGarbage(Random random)
    {
        if (Pick(random) is { Output.Count: 0 } link) link.Peer.Send(Garbage[random.Next(Garbage.Length)]);
    }

    /// <summary>Only when nothing is in flight anywhere: a reply that crosses a request cannot be told from its answer.</summary>
    public void SendSurplus(Random random)
    {
        if (Pick(random) is { Output.Count: 0 } link) link.Peer.Send("+SURPLUS\r\n");
    }

    /// <summary>Sends what room and mood allow; true if anything moved.</summary>
    public bool Flush()
    {
        bool moved = false;
        if (IsMute) return moved;
        for (int i = _links.Count - 1; i >= 0; i--)
        {
            Link link = _links[i];
            if (link.Peer.IsClosed)
            {
                _links.RemoveAt(i);
                continue;
            }
            if (link.Blocked is not null && _refusing.Next(4) == 0) Release(link);
            moved |= Flush(link);
        }
        return moved;
    }

    private static bool Flush(Link link)
    {
        bool moved = false;
        while (link.Output.Count > 0 && !link.Peer.IsClosed)
        {
            byte[] reply = link.Output.Peek();
            int length = reply.Length;
            if (link.ResetsAtNextReply) length = Math.Max(link.Unsent, length / 2);
            int sent = link.Peer.Send(reply.AsSpan(link.Unsent, length - link.Unsent));
            moved |= sent > 0;
            link.Unsent += sent;
            if (link.Unsent < length) break;
            if (link.ResetsAtNextReply)
            {
                link.Peer.Close();
                break;
            }
            link.Output.Dequeue();
            link.Unsent = 0;
        }
        return moved;
    }

    private Link? Pick(Random random)
    {
        List<Link> open = _links.FindAll(link => !link.Peer.IsClosed);
        return open.Count == 0 ? null : open[random.Next(open.Count)];
    }

    private void Accept(SimulatedPeer peer)
    {
        var link = new Link(peer);
        _links.Add(link);
        peer.WhenReceived = _ => Receive(link);
    }

    private void Receive(Link link)
    {
        byte[] received = link.Peer.TakeReceived();
        link.Input = link.Input.Length == 0 ? received : [.. link.Input, .. received];
        int at = 0;
        while (at < link.Input.Length)
        {
            ReadOnlySpan<byte> input = link.Input.AsSpan(at);
            RequestStatus status = link.Reader.Read(input);
            if (status == RequestStatus.Error) throw new SimulationFailure($"{Name} was sent what is no request: {Encoding.Latin1.GetString(input[..Math.Min(80, input.Length)])}");
            if (status != RequestStatus.Complete) break;

            Arguments arguments = link.Reader.Arguments(input);
            string[] words = new string[arguments.Count];
            for (int i = 0; i < words.Length; i++) words[i] = Encoding.Latin1.GetString(arguments[i]);
            at += link.Reader.Consumed;
            if (link.Blocked is not null) throw new SimulationFailure($"{Name} was sent {words[0]} behind a request that blocks");
            if (Execute(link, words) is { } reply) link.Output.Enqueue(Encoding.Latin1.GetBytes(reply));
            else link.Blocked = words;
        }
        link.Input = link.Input[at..];
        if (!IsMute) Flush(link);
    }

    private void Release(Link link)
    {
        string key = link.Blocked![1];
        link.Blocked = null;
        _ledger.Ran(key, Name);
        link.Output.Enqueue(Encoding.Latin1.GetBytes($"*2\r\n${key.Length}\r\n{key}\r\n{Values.Bulk(key, link.Database, link.Resp3)}"));
    }

    // Null: it blocks.
    private string? Execute(Link link, string[] words)
    {
        string? refusal = words[0] is "MULTI" or "UNWATCH" ? null
            : IsLoading && words[0] is not ("HELLO" or "SELECT" or "EXEC" or "WATCH") ? "-LOADING Redis is loading the dataset in memory\r\n"
            : RefusesOneIn > 0 && words[0] is not ("HELLO" or "SELECT" or "PING" or "ASKING") && _refusing.Next(RefusesOneIn) == 0 ? Refusals[_refusing.Next(Refusals.Length)]
            : null;
        if (words[0] == "EXEC") return Exec(link, refusal);
        if (refusal is not null)
        {
            link.IsSpoiled |= link.Queue is not null;
            return refusal;
        }
        if (link.Queue is null) return words[0] == "BLPOP" ? null : Run(link, words);
        link.Queue.Add(words);
        return "+QUEUED\r\n";
    }

    private string Exec(Link link, string? refusal)
    {
        List<string[]> queue = link.Queue ?? throw new SimulationFailure($"{Name} was sent EXEC without MULTI");
        bool isSpoiled = link.IsSpoiled;
        link.Queue = null;
        link.IsSpoiled = false;
        if (refusal is not null) return refusal.StartsWith("-READONLY", StringComparison.Ordinal) ? $"-EXECABORT Transaction discarded because of: {refusal[1..]}" : refusal;
        if (isSpoiled) return "-EXECABORT Transaction discarded because of previous errors.\r\n";
        return $"*{queue.Count}\r\n" + string.Concat(queue.Select(words => Run(link, words)));
    }

    private string Run(Link link, string[] words)
    {
        switch (words[0])
        {
            case "MULTI":
                link.Queue = [];
                return "+OK\r\n";
            case "WATCH" or "UNWATCH":
                return "+OK\r\n";
            case "PING": return "+PONG\r\n";
            case "ASKING": return "+OK\r\n";
            case "HELLO":
                link.Resp3 = words[1] == "3";
                return "%1\r\n$5\r\nproto\r\n:3\r\n";
            case "SELECT":
                link.Database = int.Parse(words[1], CultureInfo.InvariantCulture);
                return "+OK\r\n";
            case "GET":
                _ledger.Ran(words[1], Name);
                return Values.Bulk(words[1], link.Database, link.Resp3);
            case "SET":
                _ledger.Ran(words[1], Name);
                CheckValue(words[1], words[2]);
                return "+OK\r\n";
            case "MSET":
                for (int i = 1; i < words.Length; i += 2)
                {
                    _ledger.Ran(words[i], Name);
                    CheckValue(words[i], words[i + 1]);
                }
                return "+OK\r\n";
            case "MGET":
                foreach (string key in words[1..]) _ledger.Ran(key, Name);
                return $"*{words.Length - 1}\r\n" + string.Concat(words[1..].Select(key => Values.Bulk(key, link.Database, link.Resp3)));
            case "DEL" or "EXISTS":
                foreach (string key in words[1..]) _ledger.Ran(key, Name);
                return $":{words.Length - 1}\r\n";
            case "SUNION":
                foreach (string key in words[1..]) _ledger.Ran(key, Name);
                return "*1\r\n" + Values.Bulk(words[1], link.Database, link.Resp3);
            case "DBSIZE": return ":1\r\n";
            default: throw new SimulationFailure($"{Name} was sent {words[0]}");
        }
    }

    private static void CheckValue(string key, string value)
    {
        if (value != Values.Large(key, value.Length)) throw new SimulationFailure($"the value of {key} arrived changed");
    }
}
