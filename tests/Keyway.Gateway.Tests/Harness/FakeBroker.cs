using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>The channels of a fake server: it confirms subscriptions, at once or when the test says so, and sends messages on as Redis does.</summary>
internal sealed class FakeBroker(FakeShard shard)
{
    private readonly Dictionary<SimulatedPeer, List<(string Kind, string Name)>> _subscriptions = [];
    private readonly List<(SimulatedPeer Link, string Request)> _unconfirmed = [];
    private readonly HashSet<SimulatedPeer> _inTransactions = [];

    public bool IsHesitant { get; set; }

    /// <summary>Answers a SUBSCRIBE of its kind; null confirms it.</summary>
    public Func<string, string?>? Refusal { get; set; }

    /// <summary>Everything that ever had to do with channels.</summary>
    public List<string> Log { get; } = [];

    public int LinkCount => _subscriptions.Keys.Count(link => !link.IsClosed);

    public IReadOnlyList<string> Names => [.. _subscriptions.Where(pair => !pair.Key.IsClosed).SelectMany(pair => pair.Value).Select(one => one.Name).Order(StringComparer.Ordinal)];

    public int Unconfirmed => _unconfirmed.Count;

    /// <summary>Confirms what waits for it, up to so many.</summary>
    public void Confirm(int count = int.MaxValue)
    {
        for (; count > 0 && _unconfirmed.Count > 0; count--)
        {
            (SimulatedPeer link, string request) = _unconfirmed[0];
            _unconfirmed.RemoveAt(0);
            if (!link.IsClosed) Perform(link, request.Split(' '));
        }
    }

    public int Publish(string channel, string message, string kind = "")
    {
        int receivers = 0;
        foreach ((SimulatedPeer link, List<(string Kind, string Name)> names) in _subscriptions)
        {
            if (link.IsClosed) continue;
            foreach ((string nameKind, string name) in names.ToArray())
            {
                bool isPattern = nameKind == "p" && kind == "" && GlobPattern.Matches(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(channel));
                if (isPattern) shard.SendWhole(link, TestClient.Encode("pmessage", name, channel, message));
                else if (nameKind == kind && name == channel) shard.SendWhole(link, TestClient.Encode(kind + "message", channel, message));
                else continue;
                receivers++;
            }
        }
        return receivers;
    }

    /// <summary>Bytes of the test's own, on every link that listens.</summary>
    public void SendRaw(string bytes)
    {
        foreach (SimulatedPeer link in _subscriptions.Keys) shard.SendWhole(link, bytes);
    }

    /// <summary>As a server of a cluster does when the slot goes to another.</summary>
    public void TakeAway(string name)
    {
        foreach ((SimulatedPeer link, List<(string Kind, string Name)> names) in _subscriptions)
        {
            if (names.Remove(("s", name))) shard.SendWhole(link, $"*3\r\n$12\r\nsunsubscribe\r\n${name.Length}\r\n{name}\r\n:{names.Count}\r\n");
        }
    }

    /// <returns>False: it has nothing to do with channels.</returns>
    public bool Take(SimulatedPeer link, string request)
    {
        string[] words = request.Split(' ');
        string name = words[0].ToLowerInvariant();

        // Messages in a transaction are the transaction's.
        if (name == "multi") _inTransactions.Add(link);
        if (name is "exec" or "discard") _inTransactions.Remove(link);
        if (_inTransactions.Contains(link)) return false;
        if (name is "publish" or "spublish")
        {
            Log.Add(request);
            int receivers = Publish(words[1], words[2], name == "spublish" ? "s" : "");
            shard.SendWhole(link, $":{receivers}\r\n");
            return true;
        }
        if (!name.EndsWith("subscribe", StringComparison.Ordinal)) return false;
        Log.Add(request);
        _subscriptions.TryAdd(link, []);
        if (Refusal?.Invoke(request) is { } refusal) shard.SendWhole(link, refusal);
        else if (IsHesitant) _unconfirmed.Add((link, request));
        else Perform(link, words);
        return true;
    }

    private void Perform(SimulatedPeer link, string[] words)
    {
        List<(string Kind, string Name)> names = _subscriptions[link];
        bool ends = words[0].EndsWith("unsubscribe", StringComparison.OrdinalIgnoreCase);
        string kind = words[0][..^(ends ? "unsubscribe".Length : "subscribe".Length)];
        foreach (string name in words[1..])
        {
            if (ends) names.Remove((kind, name));
            else if (!names.Contains((kind, name))) names.Add((kind, name));
            shard.SendWhole(link, $"*3\r\n${words[0].Length}\r\n{words[0]}\r\n${name.Length}\r\n{name}\r\n:{names.Count}\r\n");
        }
    }
}
