using System.Globalization;
using System.Text;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>
/// Requests that belong together, with their replies: transactions, with and without watched keys, other databases, waiting, silence that was asked for, and
/// subscriptions. Each leaves its connection as it found it.
/// </summary>
internal sealed class TagSequences(int number, Random random, Func<char, string, string> nextKey)
{
    private static readonly byte[] Ok = "+OK\r\n"u8.ToArray();
    private static readonly byte[] Queued = "+QUEUED\r\n"u8.ToArray();

    /// <param name="resp3">What the connection speaks.</param>
    public void AddTo(List<TagRequest> batch, bool resp3)
    {
        switch (random.Next(resp3 ? 6 : 7))
        {
            case 0: AddTransaction(batch, resp3, watches: false); break;
            case 1: AddTransaction(batch, resp3, watches: true); break;
            case 2: AddDatabases(batch); break;
            case 3: AddWaiting(batch); break;
            case 4: AddSilence(batch); break;
            case 5 when resp3: AddMessages(batch); break;
            default: AddListening(batch); break;
        }
    }

    // All keys of a transaction live on one shard, so they have its letter.
    private void AddTransaction(List<TagRequest> batch, bool resp3, bool watches)
    {
        char shard = Shard();
        if (watches)
        {
            batch.Add(Of(Ok, "WATCH", nextKey(shard, "tag")));
            if (random.Next(4) == 0) batch.Add(Get(nextKey(shard, "tag")));
            if (random.Next(8) == 0)
            {
                batch.Add(Of(Ok, "UNWATCH"));
                return;
            }
        }
        batch.Add(Of(Ok, "MULTI"));
        int database = 0;
        var replies = new List<byte[]>();
        int count = random.Next(1, 8);
        for (int i = 0; i < count; i++)
        {
            (string[] request, byte[] reply) = random.Next(20) switch
            {
                < 9 => Plain(nextKey(shard, "tag")),
                < 13 => Base(nextKey(shard, "base"), database),
                < 15 => (["SET", nextKey(shard, "tag"), ""], Ok),
                < 16 => (["PING"], "+PONG\r\n"u8.ToArray()),
                < 17 => (["ECHO", $"{number}"], Bulk($"{number}")),
                < 19 => Several(shard),
                _ => (["SELECT", $"{database = random.Next(4)}"], Ok),
            };
            if (request[0] == "SET") request[2] = Encoding.ASCII.GetString(TagBytes.Repeat(Encoding.ASCII.GetBytes(request[1]), random.Next(1, 2_000)));
            batch.Add(Of(Queued, request));
            replies.Add(reply);
        }
        if (random.Next(10) == 0)
        {
            batch.Add(Of(Ok, "DISCARD"));
            return;
        }
        byte[] all = [.. Encoding.ASCII.GetBytes($"*{replies.Count}\r\n"), .. replies.SelectMany(reply => reply)];

        // Where nobody can tell any more whether a watched key has changed, it has.
        byte[]? none = watches ? resp3 ? "_\r\n"u8.ToArray() : "*-1\r\n"u8.ToArray() : null;
        batch.Add(new TagRequest(RespClient.Encode("EXEC"), all, none));
        batch.Add(Of(Ok, "SELECT", "0"));
    }

    private void AddDatabases(List<TagRequest> batch)
    {
        int count = random.Next(1, 4);
        for (int i = 0; i < count; i++)
        {
            int database = random.Next(8);
            batch.Add(Of(Ok, "SELECT", $"{database}"));
            int requests = random.Next(1, 6);
            for (int j = 0; j < requests; j++)
            {
                (string[] request, byte[] reply) = Base(nextKey(Shard(), "base"), database);
                batch.Add(new TagRequest(RespClient.Encode(request), reply));
            }
        }
        batch.Add(Of(Ok, "SELECT", "0"));
    }

    private void AddWaiting(List<TagRequest> batch)
    {
        string key = nextKey(Shard(), "tag");
        batch.Add(Of([.. "*2\r\n"u8, .. Bulk(key), .. Bulk(key)], "BLPOP", key, "5"));
        batch.Add(Get(nextKey(Shard(), "tag")));
    }

    private void AddSilence(List<TagRequest> batch)
    {
        if (random.Next(2) == 0)
        {
            batch.Add(Of([], "CLIENT", "REPLY", "SKIP"));
            batch.Add(Get(nextKey(Shard(), "tag")) with { Reply = [] });
            return;
        }
        batch.Add(Of([], "CLIENT", "REPLY", "OFF"));
        int count = random.Next(1, 8);
        for (int i = 0; i < count; i++) batch.Add(Get(nextKey(Shard(), "tag")) with { Reply = [] });
        batch.Add(Of(Ok, "CLIENT", "REPLY", "ON"));
    }

    private void AddListening(List<TagRequest> batch)
    {
        string channel = nextKey(Shard(), "chan");
        batch.Add(Of(Confirmation("*", "subscribe", channel, 1), "SUBSCRIBE", channel));
        batch.Add(Of("*2\r\n$4\r\npong\r\n$0\r\n\r\n"u8.ToArray(), "PING"));
        batch.Add(Of(Confirmation("*", "unsubscribe", channel, 0), "UNSUBSCRIBE", channel));
    }

    // The messages come in between, as they may.
    private void AddMessages(List<TagRequest> batch)
    {
        string channel = nextKey(Shard(), "chan");
        batch.Add(Of(Confirmation(">", "subscribe", channel, 1), "SUBSCRIBE", channel));
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            batch.Add(Of(":1\r\n"u8.ToArray(), "PUBLISH", channel, $"{channel}/{i}"));
            if (random.Next(2) == 0) batch.Add(Get(nextKey(Shard(), "tag")));
        }
        batch.Add(Of(Confirmation(">", "unsubscribe", channel, 0), "UNSUBSCRIBE", channel));
    }

    /// <summary>Whether this is a message that the client may get: one of its own channels, with that channel's name before the slash.</summary>
    public bool IsOwnMessage(ReadOnlySpan<byte> push)
    {
        // >3, $7, message, $n, channel, $n, payload
        string[] lines = Encoding.ASCII.GetString(push).Split("\r\n");
        return lines.Length == 8 && lines[0] == ">3" && lines[2] == "message" && lines[4].Split(':') is [_, "chan", var client, _]
            && client == number.ToString(CultureInfo.InvariantCulture) && lines[6].StartsWith(lines[4] + "/", StringComparison.Ordinal);
    }

    private char Shard() => random.Next(2) == 0 ? 'a' : 'b';

    private (string[] Request, byte[] Reply) Several(char shard)
    {
        string[] keys = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => nextKey(shard, "tag"))];
        return (["MGET", .. keys], [.. Encoding.ASCII.GetBytes($"*{keys.Length}\r\n"), .. keys.SelectMany(Bulk)]);
    }

    private static (string[] Request, byte[] Reply) Plain(string key) => (["GET", key], Bulk(key));

    private static (string[] Request, byte[] Reply) Base(string key, int database) => (["GET", key], Bulk($"{key}/{database}"));

    private static TagRequest Get(string key) => Of(Bulk(key), "GET", key);

    private static TagRequest Of(byte[] reply, params string[] request) => new(RespClient.Encode(request), reply);

    private static byte[] Bulk(string text) => Encoding.ASCII.GetBytes($"${text.Length}\r\n{text}\r\n");

    private static byte[] Confirmation(string type, string word, string channel, int count) =>
        Encoding.ASCII.GetBytes($"{type}3\r\n${word.Length}\r\n{word}\r\n${channel.Length}\r\n{channel}\r\n:{count}\r\n");
}
