using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

/// <summary>
/// Random calls of every command, sensible and not, beside COMMAND GETKEYS of a real server. Where the two differ the server itself is asked to run
/// the call, and what it touches decides.
/// </summary>
public sealed class KeyExtractorAgainstRedisTests : IClassFixture<SharedRedis>
{
    private const int CallsOfACommand = 150;

    private static readonly string[] Words =
    [
        "a", "b", "c", "d", "", "*", "#", "0", "1", "2", "3", "-1", "01", "x1", "1000000", "9223372036854775807", "9223372036854775808",
        "STORE", "store", "STOREDIST", "STREAMS", "streams", "BY", "GET", "LIMIT", "COUNT", "BLOCK", "GROUP", "NOACK", "KEYS", "AUTH", "AUTH2", "COPY", "SET", "ASC",
    ];

    private readonly SharedRedis _redis;

    public KeyExtractorAgainstRedisTests(SharedRedis redis) => _redis = redis;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Keys_are_those_that_GETKEYS_names_or_that_the_server_turns_out_to_touch(int seed)
    {
        var random = new Random(seed);
        using RespClient client = _redis.Connect();
        foreach (Command row in CommandTable.All.Where(NamesKeys))
        {
            EncodedRequest[] calls = [.. Enumerable.Range(0, CallsOfACommand).Select(_ => Call(row, random))];
            foreach (EncodedRequest call in calls) client.Send(["COMMAND", "GETKEYSANDFLAGS", .. call.Texts]);
            RespValue[] named = [.. calls.Select(_ => client.ReadReply())];
            for (int i = 0; i < calls.Length; i++) Compare(row, calls[i], named[i], client);
        }
    }

    private static void Compare(Command row, EncodedRequest call, RespValue named, RespClient client)
    {
        var keys = default(KeyList);
        KeyStatus status = KeyExtractor.Extract(row, call.Arguments, ref keys);
        AssertPartialAgrees(row, call, status, keys);
        if (status == KeyStatus.Invalid)
        {
            // The server answers the call itself with the same error, so it touched nothing, whatever GETKEYS says.
            // A library that does not exist is noticed before the number of keys is looked at.
            string error = client.Call(call.Texts).Text;
            bool isNoFunction = row.Name.StartsWith("fcall", StringComparison.Ordinal) && error == "ERR Function not found";
            if (!isNoFunction) Assert.Equal((call.ToString(), error), (call.ToString(), keys.Error));
            return;
        }

        string ours = Described(row, call, keys);
        string theirs = named.IsError ? named.Text : string.Join(", ", named.Items.Select(key => $"{key[0].Text} {string.Join(' ', key[1].Texts)}"));
        if (ours == theirs) return;

        switch (row.Name)
        {
            case "pfmerge" when call.Texts.Length == 2:
                // GETKEYS wants a source; PFMERGE does not, and makes an empty counter.
                Assert.Equal("ERR Invalid arguments specified for command", theirs);
                client.Call("DEL", call.Texts[1]);
                Assert.Equal("OK", client.Call(call.Texts).Text);
                Assert.Equal(1, client.Call("EXISTS", call.Texts[1]).Integer);
                break;
            case "sort" or "georadius" or "georadiusbymember":
                AssertWritesOnlyTheDestination(call, keys, client);
                break;
            case "xread" or "xreadgroup":
                AssertReadsTheStreams(call, keys, client);
                break;
            case "migrate" when keys.Count == 0:
                // KEYS without any: GETKEYS calls that invalid; the server finds nothing to do.
                RespValue reply = client.Call(call.Texts);
                Assert.True(reply.IsError || reply.Text == "NOKEY", call.ToString());
                break;
            default:
                Assert.Fail($"{call}: Redis names {theirs}; we name {ours}");
                break;
        }
    }

    // Well-formed calls, in which every second word is a keyword that may as well be a value.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SORT_and_GEORADIUS_write_the_last_destination_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        using RespClient client = _redis.Connect();
        for (int i = 0; i < 600; i++)
        {
            EncodedRequest call = random.Next(3) switch
            {
                0 => new EncodedRequest(["sort", "source", .. Options(random, "store", "by", "get", "limit 0 9", "asc", "alpha")]),
                1 => new EncodedRequest(["georadius", "places", "0", "0", "9", "km", .. Options(random, "store", "storedist", "count 2", "asc")]),
                _ => new EncodedRequest(["georadiusbymember", "places", "m", "9", "km", .. Options(random, "store", "storedist", "count 2")]),
            };
            var keys = default(KeyList);
            KeyExtractor.Extract(CommandTable.Resolve(call.Arguments)!, call.Arguments, ref keys);
            AssertWritesOnlyTheDestination(call, keys, client);
        }
    }

    private static IEnumerable<string> Options(Random random, params string[] options)
    {
        string[] values = ["store", "STOREDIST", "by", "get", "limit", "x", "y", "z"];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            string[] words = options[random.Next(options.Length)].Split(' ');
            foreach (string word in words) yield return word;
            if (words[0] is "store" or "storedist" or "by" or "get") yield return values[random.Next(values.Length)];
        }
    }

    private static void AssertWritesOnlyTheDestination(EncodedRequest call, in KeyList keys, RespClient client)
    {
        client.Call("FLUSHALL");
        client.Call("RPUSH", "source", "2", "1");
        client.Call("GEOADD", "places", "0", "0", "m", "0", "0.01", "n");
        string[] prepared = [.. call.Texts];
        prepared[1] = call.Texts[0] == "sort" ? "source" : "places";
        RespValue reply = client.Call(prepared);

        string[] written = [.. client.Call("KEYS", "*").Texts.Where(key => key is not ("source" or "places"))];
        IEnumerable<KeyReference> destinations = keys.Items.ToArray().Skip(1).Where(key => !key.Access.HasFlag(KeyAccess.Superseded));
        string[] ours = [.. destinations.Select(key => call.Texts[key.Index])];
        if (reply.IsError) Assert.True(written.Length == 0, call.ToString());
        else if (reply.Kind == ':' && reply.Integer > 0) Assert.Equal($"{call}: {string.Join(' ', ours)}", $"{call}: {string.Join(' ', written)}");
        else if (reply.Kind == '*') Assert.True(ours.Length == 0, call.ToString());
    }

    // A group that does not exist is an error that names the stream that was looked at; XREAD is watched by what it returns.
    private static void AssertReadsTheStreams(EncodedRequest call, in KeyList keys, RespClient client)
    {
        client.Call("FLUSHALL");
        if (call.Texts[0] == "xreadgroup")
        {
            RespValue reply = client.Call(call.Texts);
            Assert.True(reply.IsError, call.ToString());
            if (reply.Text.StartsWith("NOGROUP", StringComparison.Ordinal))
                Assert.StartsWith($"NOGROUP No such key '{call.Texts[keys[0].Index]}' or", reply.Text);
            return;
        }

        string[] ours = [.. keys.Items.ToArray().Select(key => call.Texts[key.Index]).Distinct()];
        foreach (string word in call.Texts.Distinct().Where(word => !ours.Contains(word))) client.Call("SET", word, "not a stream");
        RespValue read = client.Call([.. call.Texts.Select(word => word.Equals("block", StringComparison.OrdinalIgnoreCase) ? "count" : word)]);
        Assert.False(read.Text.StartsWith("WRONGTYPE", StringComparison.Ordinal), $"{call}: reads more than {string.Join(' ', ours)}");
    }

    private static void AssertPartialAgrees(Command row, EncodedRequest call, KeyStatus status, in KeyList keys)
    {
        var partial = default(KeyList);
        PartialKeys known = PartialKeys.NeedMore;
        for (int come = row.Name.Contains('|') ? 2 : 1; come <= call.Texts.Length && known == PartialKeys.NeedMore; come++)
            known = KeyExtractor.ExtractPartial(row, call.First(come), call.Texts.Length, ref partial);

        Assert.Equal((call.ToString(), status == KeyStatus.Invalid ? PartialKeys.Invalid : PartialKeys.Certain), (call.ToString(), known));
        Assert.Equal(keys.Items.ToArray(), partial.Items.ToArray());
        Assert.Equal(keys.Error, partial.Error);
    }

    private static string Described(Command row, EncodedRequest call, in KeyList keys)
    {
        var described = new List<string>();
        foreach (KeyReference key in keys.Items)
        {
            string access = string.Join(' ', CommandNames.Of(KeyExtractor.ExactAccess(row, call.Arguments, key)));
            if (!key.Access.HasFlag(KeyAccess.Superseded)) described.Add($"{call.Texts[key.Index]} {access}");
        }
        return string.Join(", ", described);
    }

    private static bool NamesKeys(Command row) => row.KeySpecs.Any(spec => !spec.Access.HasFlag(KeyAccess.NotKey));

    private static EncodedRequest Call(Command row, Random random)
    {
        var texts = new List<string>(row.Name.Split('|'));
        int count = Math.Abs(row.Arity) + (row.Arity < 0 ? random.Next(7) : 0);
        while (texts.Count < count) texts.Add(Words[random.Next(Words.Length)]);

        // Random words alone would rarely be a call that anybody makes.
        foreach (KeySpec spec in row.KeySpecs)
        {
            if (random.Next(3) == 0) continue;
            if (spec.Span == KeySpan.Counted) texts[spec.Start] = $"{random.Next(0, count)}";
            else if (spec.Keyword == "STREAMS") texts[random.Next(1, count)] = "STREAMS";
        }
        if (row.Name == "xreadgroup" && random.Next(3) > 0) texts[1] = "GROUP";
        return new EncodedRequest([.. texts]);
    }
}
