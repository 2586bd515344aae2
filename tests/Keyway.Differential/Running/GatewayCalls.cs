using System.Text;
using Keyway.Differential.Commands;
using Keyway.Gateway.Routing;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Differential.Running;

/// <summary>
/// Sequences for a gateway: without what it keeps from its shards or answers about itself, and with hash tags in the keys, so that those which have to lie
/// together do. Both sides are sent the same.
/// </summary>
/// <param name="spreads">Each request's keys have the tag of the first, and each key of one that can be split its own; otherwise all keys of a sequence have the same.</param>
internal sealed class GatewayCalls(bool spreads)
{
    // Of two shards that halve the slots, each has two of them.
    private static readonly string[] Tags = ["{0}", "{1}", "{2}", "{3}"];

    // What is the gateway's own, or differs where there are several servers: how many replicas have heard, which servers' settings, whose snapshot.
    private static readonly HashSet<string> Left = ["wait", "lastsave", "role", "info", "config|get", "config|set", "command", "client|id", "hello", "reset", "quit", "monitor", "shutdown"];

    private static readonly HashSet<string> FanOuts = ["keys", "scan", "dbsize", "randomkey", "flushall", "flushdb", "subscribe", "unsubscribe"];

    public Sequence Adapt(Sequence sequence)
    {
        var random = new Random(unchecked((sequence.Seed * 31) + sequence.Number));
        string common = Tags[random.Next(Tags.Length)];
        bool together = !spreads || sequence.IsConcurrent;

        // By the key, since what one request makes for itself the next one removes.
        string TagOf(string key) => together ? common : Tags[key.Sum(letter => letter) % Tags.Length];
        var calls = new List<Call>();
        var queueing = new HashSet<int>();
        for (int i = 0; i < sequence.Calls.Length; i++)
        {
            Call call = sequence.Calls[i];

            // What is asked before SORT, so that a real server reads its numbers afresh, goes to the server that sorts.
            if (call.Words is [_, "none:sort", ..] && i + 1 < sequence.Calls.Length && sequence.Calls[i + 1].Words is [_, var sorted, ..])
            {
                calls.Add(call with { Words = [call.Words[0], TagOf(sorted) + call.Words[1], .. call.Words[2..]] });
                continue;
            }

            // A transaction takes nothing that concerns all shards, and no subscriptions; how many a message in it has reached its shard says.
            string name = call.Words[0].ToLowerInvariant();
            if (sequence.IsConcurrent && FanOuts.Contains(name)) continue;
            if (queueing.Contains(call.Connection) && (name.EndsWith("subscribe", StringComparison.Ordinal) || name.EndsWith("publish", StringComparison.Ordinal))) continue;
            if (name == "multi") queueing.Add(call.Connection);
            else if (name is "exec" or "discard") queueing.Remove(call.Connection);
            if (Adapt(call, TagOf) is { } adapted) calls.Add(adapted);
        }
        return sequence with { Calls = [.. calls] };
    }

    private static Call? Adapt(Call call, Func<string, string> tagOf)
    {
        if (Array.Exists(call.Words, word => Call.IsId(word, out _))) return null;
        byte[] request = Encode(call.Words);
        var reader = new RequestReader();
        if (reader.Read(request) != RequestStatus.Complete) return null;
        Arguments arguments = reader.Arguments(request);
        Command? row = CommandTable.Resolve(in arguments);
        if (row is null) return CommandTable.Find(arguments[0]) is { IsContainer: true } ? null : call;
        if (!RouteTable.Serves(row) || Left.Contains(row.Name) || row.Parent is { Name: "config" or "client" or "command" or "acl" or "latency" or "slowlog" or "memory" }) return null;

        string[] words = [.. call.Words];
        if (row.Name is "keys" or "scan") TagPattern(words, row.Name);
        KeyList keys = new();
        if (!row.Takes(arguments.Count) || KeyExtractor.Extract(row, in arguments, ref keys) != KeyStatus.Found) return call with { Words = words };
        string tag = tagOf(call.Words[keys[0].Index]);
        foreach (KeyReference key in keys.Items)
        {
            string word = call.Words[key.Index];
            words[key.Index] = (row.Request == RequestPolicy.Split ? tagOf(word) : tag) + word;
        }
        if (row.Name is "sort" or "sort_ro") TagSort(words, tag);
        return call with { Words = words };
    }

    private static void TagPattern(string[] words, string name)
    {
        int at = name == "keys" ? 1 : Array.FindIndex(words, word => word.Equals("MATCH", StringComparison.OrdinalIgnoreCase)) + 1;
        if (at > 0 && at < words.Length) words[at] = "{?}" + words[at];
    }

    // The keys that BY and GET stand for lie where the sorted one does.
    private static void TagSort(string[] words, string tag)
    {
        for (int i = 2; i + 1 < words.Length; i++)
        {
            bool takesPattern = words[i].Equals("BY", StringComparison.OrdinalIgnoreCase) || words[i].Equals("GET", StringComparison.OrdinalIgnoreCase);
            if (takesPattern && words[++i].Contains('*')) words[i] = tag + words[i];
        }
    }

    private static byte[] Encode(string[] words)
    {
        var text = new StringBuilder();
        text.Append('*').Append(words.Length).Append("\r\n");
        foreach (string word in words) text.Append('$').Append(word.Length).Append("\r\n").Append(word).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
