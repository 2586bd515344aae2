using System.Globalization;
using System.Text;
using Keyway.Gateway.Learned;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Learned;

public class LearnedCommandsTests
{
    private static readonly string Reply = Array(
        Row("get", 2, ["readonly"], [], Index(1, 0)),
        Row("json.get", -2, ["readonly", "module"], ["@json", "@read"], Index(1, 0)),
        Row("json.mget", -3, ["readonly"], [], Index(1, -2)),
        Row("many.keys", -3, ["write"], [], Counted(1)),
        Row("wait.for", -3, ["write", "blocking"], [], Index(1, 0)),
        Row("change.host", -2, ["admin"], ["@dangerous"], Index(1, 0)),
        Row("no.keys", -1, ["fast"], []),
        Row("who.knows", -2, ["write"], [], Text("flags"), Array(Text("RW")), Text("begin_search"), Array(Text("type"), Text("unknown"), Text("spec"), "*0\r\n"), Text("find_keys"), Array(Text("type"), Text("unknown"), Text("spec"), "*0\r\n")));

    [Fact]
    public void Those_whose_keys_can_all_be_found_and_that_do_nothing_else_are_taken()
    {
        Assert.Equal(["json.get", "json.mget", "many.keys", "wait.for"], LearnedCommands.Read(Encoding.ASCII.GetBytes(Reply))!.Select(command => command.Name));
        Assert.Null(LearnedCommands.Read("-ERR no\r\n"u8));
    }

    [Fact]
    public void They_are_routed_by_their_keys_and_others_stay_unknown()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], options => options with { Pools = [options.Pools[0] with { LearnsCommands = true }] });
        foreach (string name in new[] { "a", "b" }) gateway.Shard(name).Answer = request => request == "COMMAND" ? Reply : $"+{name}\r\n";
        gateway.Advance(300);
        TestClient client = gateway.Connect();
        Assert.Equal("+a\r\n", client.Ask("JSON.GET a:1 $"));
        Assert.Equal("+b\r\n", client.Ask("json.mget b:1 b:2 $"));
        Assert.Equal("+b\r\n", client.Ask("many.keys 2 b:1 b:2 x"));
        Assert.StartsWith("-CROSSSLOT ", client.Ask("many.keys 2 a:1 b:2 x"));
        Assert.Equal("-ERR wrong number of arguments for 'json.get' command\r\n", client.Ask("json.get"));
        Assert.StartsWith("-ERR unknown command 'no.keys'", client.Ask("no.keys"));
    }

    [Fact]
    public void Those_that_may_wait_hold_up_nobody()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { LearnsCommands = true }] });
        gateway.Shard("a").Answer = request => request == "COMMAND" ? Reply : null;
        gateway.Advance(300);
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.Send("WAIT.FOR a:1 1");
        other.Send("GET a:1");
        gateway.Advance(1_500);
        gateway.Shard("a").ReplyTo("GET a:1", "$-1\r\n");
        other.Received("$-1\r\n");
        gateway.Advance(10_000);
        gateway.Shard("a").Reply("+now\r\n");
        client.Received("+now\r\n");
    }

    [Fact]
    public void Where_only_the_known_are_wanted_nobody_is_asked()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Advance(500);
        Assert.Empty(gateway.Shard("a").Log);
        Assert.StartsWith("-ERR unknown command 'json.get'", gateway.Connect().Ask("json.get a:1 $"));
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        byte[] good = Encoding.ASCII.GetBytes(Reply);
        for (int cut = 0; cut < good.Length; cut++) LearnedCommands.Read(good.AsSpan(0, cut));
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] changed = [.. good];
            for (int i = random.Next(1, 4); i > 0; i--) changed[random.Next(changed.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "*$%:-0123456789\r\n"[random.Next(17)]);
            LearnedCommands.Read(changed);
        }
    }

    [Fact]
    public void What_a_real_server_says_of_its_commands_reads_as_the_table_has_it()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using RespClient client = redis.Connect();
        client.Send("COMMAND");
        byte[] reply = client.ReadRaw();

        Assert.Empty(LearnedCommands.Read(reply)!);
        IReadOnlyList<Command> all = LearnedCommands.Read(reply, withKnown: true)!;
        Assert.InRange(all.Count, 120, 240);
        foreach (Command command in all)
        {
            Command known = CommandTable.Find(Encoding.ASCII.GetBytes(command.Name))!;
            Assert.Equal(known.Arity, command.Arity);
            Assert.Equal(known.Flags & ~CommandNames.HiddenFlags, command.Flags);
            Assert.Equal(known.KeySpecs.Select(Places), command.KeySpecs.Select(Places));
        }

        static string Places(KeySpec spec) => spec.Search == KeySearch.Index
            ? $"{spec.Start} {spec.Span} {spec.LastKey} {spec.Step} {spec.Share} {spec.NumberAt} {spec.FirstKey}"
            : $"{spec.Keyword} {spec.Start} {spec.Span} {spec.LastKey} {spec.Step} {spec.Share} {spec.NumberAt} {spec.FirstKey}";
    }

    private static string Index(int first, int last) => string.Concat(
        Text("flags"), Array(Text("RW"), Text("access")),
        Text("begin_search"), Array(Text("type"), Text("index"), Text("spec"), Array(Text("index"), Number(first))),
        Text("find_keys"), Array(Text("type"), Text("range"), Text("spec"), Array(Text("lastkey"), Number(last), Text("keystep"), Number(1), Text("limit"), Number(0))));

    private static string Counted(int at) => string.Concat(
        Text("flags"), Array(Text("RW")),
        Text("begin_search"), Array(Text("type"), Text("index"), Text("spec"), Array(Text("index"), Number(at))),
        Text("find_keys"), Array(Text("type"), Text("keynum"), Text("spec"), Array(Text("keynumidx"), Number(0), Text("firstkey"), Number(1), Text("keystep"), Number(1))));

    // The words of one key specification, flattened into an array of six.
    private static string Row(string name, int arity, string[] flags, string[] categories, params string[] spec)
    {
        string specs = spec.Length == 0 ? "*0\r\n" : "*1\r\n*6\r\n" + string.Concat(spec);
        return "*10\r\n" + Text(name) + Number(arity) + Words(flags) + Number(1) + Number(1) + Number(1) + Words(categories) + "*0\r\n" + specs + "*0\r\n";
    }

    private static string Words(string[] words) => $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"+{word}\r\n"));

    private static string Array(params string[] items) => $"*{items.Length}\r\n" + string.Concat(items);

    private static string Text(string text) => $"${text.Length}\r\n{text}\r\n";

    private static string Number(int number) => string.Create(CultureInfo.InvariantCulture, $":{number}\r\n");
}
