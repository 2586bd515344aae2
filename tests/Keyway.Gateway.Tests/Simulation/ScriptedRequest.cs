using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>A request and the only reply that is its own.</summary>
internal sealed class ScriptedRequest
{
    public required byte[] Bytes { get; init; }

    /// <summary>The reply in full, or its beginning where the rest is the gateway's to choose.</summary>
    public required string Reply { get; init; }

    public bool ReplyIsWhole { get; init; } = true;

    /// <summary>All keys that it touches; none for what the gateway answers itself.</summary>
    public string[] Keys { get; init; } = [];

    public bool AsksShards { get; init; }

    /// <summary>EXEC: the words for a transaction that did not run are its own.</summary>
    public bool IsExec { get; init; }

    /// <summary>Keys are watched: whatever happens to their shard or to the map, null may be the answer.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Its shard answers when it likes; until then its client runs nothing else.</summary>
    public bool Blocks { get; init; }

    /// <summary>Several owners may each have a part, and reading a part changes nothing: "not executed" promises nothing then.</summary>
    public bool ReadsInParts { get; init; }

    /// <summary>Its reply is relayed in pieces: when its shard fails in the middle, its client is closed.</summary>
    public bool HasLargeReply => Reply.Length > 150_000;

    public bool IsLarge => Bytes.Length > 64 * 1024;

    public bool IsOwn(string reply) => ReplyIsWhole ? reply == Reply : reply.StartsWith(Reply, StringComparison.Ordinal);

    public static ScriptedRequest Make(Random random, Func<string> newKey, int database, bool resp3, int shards, bool largeAllowed)
    {
        string Bulk(string key) => Values.Bulk(key, database, resp3);
        switch (random.Next(largeAllowed && random.Next(2) == 0 ? 25 : 23))
        {
            case < 7:
                string get = newKey();
                return Of(["GET", get], Bulk(get), [get]);
            case < 11:
                string set = newKey();
                return Of(["SET", set, Values.Large(set, random.Next(1, 200))], "+OK\r\n", [set]);
            case < 14:
                string[] read = SomeKeys(random, newKey);
                return Of(["MGET", .. read], $"*{read.Length}\r\n" + string.Concat(read.Select(Bulk)), read, inParts: true);
            case 14:
                string[] written = SomeKeys(random, newKey);
                return Of(["MSET", .. written.SelectMany(key => new[] { key, Values.Large(key, random.Next(1, largeAllowed && random.Next(10) == 0 ? 90_000 : 200)) })], "+OK\r\n", written);
            case 15:
                string[] deleted = SomeKeys(random, newKey);
                return Of(["DEL", .. deleted], $":{deleted.Length}\r\n", deleted);
            case 16:
                string[] united = SomeKeys(random, newKey);
                bool together = united.All(key => key[..3] == united[0][..3]);
                return together ? Of(["SUNION", .. united], "*1\r\n" + Bulk(united[0]), united) : Local("-CROSSSLOT Keys in request don't hash to the same slot\r\n", ["SUNION", .. united]);
            case 17:
                return Of(["DBSIZE"], $":{shards}\r\n", [], inParts: true);
            case 18:
                string name = "NOSUCH" + random.Next(1000);
                return Local($"-ERR unknown command '{name}', with args beginning with: 'x' \r\n", name, "x");
            case 19:
                string echo = newKey();
                return Local($"${echo.Length}\r\n{echo}\r\n", "ECHO", echo);
            case 20:
                return Local("-ERR EXEC without MULTI\r\n", "EXEC");
            case 21:
                return Local("+PONG\r\n", "PING");
            case 22:
                string awaited = newKey();
                return new ScriptedRequest { Bytes = Encode("BLPOP", awaited, "0"), Reply = $"*2\r\n${awaited.Length}\r\n{awaited}\r\n{Bulk(awaited)}", Keys = [awaited], AsksShards = true, Blocks = true };
            case 23:
                string large = newKey() + ":L";
                return Of(["GET", large], Bulk(large), [large]);
            default:
                string streamed = newKey();
                return Of(["SET", streamed, Values.Large(streamed, random.Next(60_000, 300_000))], "+OK\r\n", [streamed]);
        }
    }

    /// <summary>What a transaction is made of, WATCH before it in half of the cases. Nobody else touches its keys.</summary>
    public static IEnumerable<ScriptedRequest> Transaction(Random random, Func<string> newKey, int database, bool resp3, bool largeAllowed)
    {
        string first = newKey();
        string prefix = first[..(first.IndexOf(':') + 1)];
        string NextKey() => prefix + newKey()[(newKey().IndexOf(':') + 1)..];
        bool isWatched = random.Next(2) == 0;
        if (isWatched)
        {
            yield return Of(["WATCH", first + "w"], "+OK\r\n", []);
            if (random.Next(2) == 0)
            {
                string read = NextKey();
                yield return Of(["GET", read], Values.Bulk(read, database, resp3), [read]);
            }
            if (random.Next(6) == 0)
            {
                yield return Local("+OK\r\n", "UNWATCH");
                isWatched = false;
            }
        }
        yield return Local("+OK\r\n", "MULTI");
        if (random.Next(8) == 0)
        {
            yield return Local("+QUEUED\r\n", "SET", first, "x");
            if (random.Next(2) == 0)
            {
                yield return Local("+OK\r\n", "DISCARD");
                yield break;
            }
            yield return Local("-ERR wrong number of arguments for 'get' command\r\n", "GET");
            yield return Local("-EXECABORT Transaction discarded because of previous errors.\r\n", "EXEC");
            yield break;
        }
        var keys = new List<string>();
        string reply = "";
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            string key = i == 0 ? first : NextKey();
            switch (random.Next(6))
            {
                case 0:
                    yield return Local("+QUEUED\r\n", "ECHO", key);
                    reply += $"${key.Length}\r\n{key}\r\n";
                    break;
                case 1 when random.Next(2) == 0:
                    yield return Local("+QUEUED\r\n", "SELECT", database.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    reply += "+OK\r\n";
                    break;
                case < 4:
                    keys.Add(key);
                    yield return Local("+QUEUED\r\n", "SET", key, Values.Large(key, random.Next(1, largeAllowed && random.Next(10) == 0 ? 60_000 : 200)));
                    reply += "+OK\r\n";
                    break;
                default:
                    keys.Add(key);
                    yield return Local("+QUEUED\r\n", "GET", key);
                    reply += Values.Bulk(key, database, resp3);
                    break;
            }
        }
        yield return new ScriptedRequest
        {
            Bytes = Encode("EXEC"), Reply = $"*{count}\r\n" + reply, Keys = [.. keys], AsksShards = keys.Count > 0 || isWatched, IsExec = true, IsWatched = isWatched,
        };
    }

    public static ScriptedRequest Get(string key, int database, bool resp3) => Of(["GET", key], Values.Bulk(key, database, resp3), [key]);

    public static ScriptedRequest Hello(bool resp3) => new()
    {
        Bytes = Encode("HELLO", resp3 ? "3" : "2"),
        Reply = resp3 ? "%7\r\n$6\r\nserver\r\n" : "*14\r\n$6\r\nserver\r\n",
        ReplyIsWhole = false,
    };

    public static ScriptedRequest Select(int database) => Local("+OK\r\n", "SELECT", database.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static ScriptedRequest Of(string[] words, string reply, string[] keys, bool inParts = false) =>
        new() { Bytes = Encode(words), Reply = reply, Keys = keys, AsksShards = true, ReadsInParts = inParts };

    private static ScriptedRequest Local(string reply, params string[] words) => new() { Bytes = Encode(words), Reply = reply };

    private static string[] SomeKeys(Random random, Func<string> newKey) => [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => newKey())];

    private static byte[] Encode(params string[] words) => RespClient.Encode(words);
}
