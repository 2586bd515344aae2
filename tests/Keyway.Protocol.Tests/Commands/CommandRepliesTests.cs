using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

/// <summary>What we say of commands is what a real server says of them.</summary>
public sealed class CommandRepliesTests : IClassFixture<SharedRedis>
{
    private readonly SharedRedis _redis;

    public CommandRepliesTests(SharedRedis redis) => _redis = redis;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void COMMAND_INFO_says_of_each_command_what_Redis_says(bool resp3)
    {
        using RespClient client = _redis.Connect(resp3);
        foreach (Command command in CommandTable.All)
        {
            client.Send("COMMAND", "INFO", command.Name);
            byte[] theirs = client.ReadRaw();
            byte[] ours = Answer(resp3, "COMMAND", "INFO", command.Name);

            bool toTheByte = command.Subcommands.IsEmpty && command.KeySpecs.All(spec => spec.Note is null);
            if (toTheByte) Assert.Equal(Encoding.Latin1.GetString(theirs), Encoding.Latin1.GetString(ours));
            else Assert.Equal(Comparable(RespValue.Parse(theirs)[0]), Comparable(RespValue.Parse(ours)[0]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void COMMAND_describes_the_same_commands_as_Redis(bool resp3)
    {
        using RespClient client = _redis.Connect(resp3);
        RespValue theirs = client.Call("COMMAND");
        RespValue ours = RespValue.Parse(Answer(resp3, "COMMAND"));
        Assert.Equal(ByName(theirs), ByName(ours));
        Assert.Equal(ByName(theirs), ByName(RespValue.Parse(Answer(resp3, "COMMAND", "INFO"))));
    }

    [Theory]
    [InlineData("COMMAND COUNT")]
    [InlineData("COMMAND INFO nosuch")]
    [InlineData("COMMAND INFO get nosuch config|nosuch config|get config|get|x get|x |get config|")]
    [InlineData("COMMAND DOCS nosuch")]
    [InlineData("COMMAND LIST FILTERBY")]
    [InlineData("COMMAND LIST FILTERBY FOO x")]
    [InlineData("COMMAND LIST FILTERBY PATTERN")]
    [InlineData("COMMAND LIST FILTERBY PATTERN a b")]
    [InlineData("COMMAND LIST FILTERBY MODULE x")]
    [InlineData("COMMAND LIST FILTERBY ACLCAT nosuch")]
    [InlineData("COMMAND LIST filterby pattern getb*")]
    [InlineData("COMMAND GETKEYS set a b")]
    [InlineData("COMMAND GETKEYS nosuch a")]
    [InlineData("COMMAND GETKEYS object nosuch a")]
    [InlineData("COMMAND GETKEYS object encoding a")]
    [InlineData("COMMAND GETKEYS ping a")]
    [InlineData("COMMAND GETKEYS config get")]
    [InlineData("COMMAND GETKEYS get a b")]
    [InlineData("COMMAND GETKEYS spublish a b")]
    [InlineData("COMMAND GETKEYS ssubscribe a")]
    [InlineData("COMMAND GETKEYS eval x 0")]
    [InlineData("COMMAND GETKEYS eval x 5 a")]
    [InlineData("COMMAND GETKEYS lmpop -1 a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS set a b")]
    [InlineData("COMMAND GETKEYSANDFLAGS set a b GET")]
    [InlineData("COMMAND GETKEYSANDFLAGS set a get")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a get u8 0")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a get u8 0 overflow sat")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a get u8 0 set u8 0 1")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a get")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort k by x get y store z")]
    [InlineData("COMMAND GETKEYSANDFLAGS georadius k 0 0 1 m storedist z")]
    [InlineData("COMMAND GETKEYSANDFLAGS migrate h 1  0 5")]
    [InlineData("COMMAND GETKEYSANDFLAGS zunionstore d 2 a b")]
    [InlineData("COMMAND GETKEYSANDFLAGS xreadgroup group g c streams a b 1 2")]
    [InlineData("COMMAND GETKEYSANDFLAGS xread count streams a 1")]
    [InlineData("COMMAND GETKEYSANDFLAGS xread streams a b c")]
    [InlineData("COMMAND GETKEYSANDFLAGS xread a b streams")]
    [InlineData("COMMAND GETKEYSANDFLAGS xreadgroup group streams c streams a 0")]
    [InlineData("COMMAND GETKEYSANDFLAGS xreadgroup group g c count streams a b c")]
    [InlineData("COMMAND GETKEYSANDFLAGS pfmerge a")]
    [InlineData("COMMAND GETKEYSANDFLAGS mset a 1 b")]
    [InlineData("COMMAND GETKEYSANDFLAGS lmpop 1x a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS lmpop 1.5 a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS lmpop 9 a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS lmpop 4294967297 a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS zunionstore d 1x a")]
    [InlineData("COMMAND GETKEYSANDFLAGS zunionstore d 2 a")]
    [InlineData("COMMAND GETKEYSANDFLAGS eval x 1x a")]
    [InlineData("COMMAND GETKEYSANDFLAGS eval x -1 a")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort k store by store x")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort k store a store b")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort k get store")]
    [InlineData("COMMAND GETKEYSANDFLAGS georadius k 0 0 1 m store a storedist b")]
    [InlineData("COMMAND GETKEYSANDFLAGS georadius k 0 0 1 m store a store b")]
    [InlineData("COMMAND GETKEYSANDFLAGS georadius k store a b c d")]
    [InlineData("COMMAND GETKEYSANDFLAGS migrate h 1 k 0 5 keys a")]
    [InlineData("COMMAND GETKEYSANDFLAGS migrate h 1 k 0 5 auth keys copy")]
    [InlineData("COMMAND GETKEYSANDFLAGS migrate h 1 k 0 5 copy")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort_ro k by x")]
    public void The_other_subcommands_answer_as_Redis_does(string request)
    {
        foreach (bool resp3 in new[] { false, true })
        {
            using RespClient client = _redis.Connect(resp3);
            client.Send(request.Split(' '));
            Assert.Equal(client.ReadRawText(), Encoding.Latin1.GetString(Answer(resp3, request.Split(' '))));
        }
    }

    [Theory]
    [InlineData("COMMAND LIST")]
    [InlineData("COMMAND LIST FILTERBY PATTERN *")]
    [InlineData("COMMAND LIST FILTERBY PATTERN CONFIG*")]
    [InlineData("COMMAND LIST FILTERBY PATTERN [a-c]?t*")]
    [InlineData("COMMAND LIST FILTERBY ACLCAT WRITE")]
    [InlineData("COMMAND LIST FILTERBY ACLCAT dangerous")]
    [InlineData("COMMAND LIST FILTERBY ACLCAT scripting")]
    public void COMMAND_LIST_names_the_same_commands_as_Redis(string request)
    {
        using RespClient client = _redis.Connect(resp3: true);
        RespValue theirs = client.Call(request.Split(' '));
        RespValue ours = RespValue.Parse(Answer(true, request.Split(' ')));
        Assert.Equal(theirs.Kind, ours.Kind);
        Assert.Equal(theirs.Texts.Order(StringComparer.Ordinal), ours.Texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void COMMAND_HELP_begins_as_every_help_of_Redis_does()
    {
        using RespClient client = _redis.Connect(resp3: false);
        RespValue theirs = client.Call("COMMAND", "HELP");
        RespValue ours = RespValue.Parse(Answer(false, "COMMAND", "HELP"));
        Assert.Equal(theirs[0], ours[0]);
        Assert.All(ours.Items, line => Assert.Equal('+', line.Kind));
        Assert.Equal(
            theirs.Texts.Where(line => line[0] != ' ').Select(line => line.Split(' ')[0]),
            ours.Texts.Where(line => line[0] != ' ').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Commands_that_are_not_served_are_not_mentioned()
    {
        static bool IsServed(Command command) => command.Name is not ("get" or "config|set" or "object");
        Assert.Equal(":238\r\n", Text(IsServed, "COMMAND", "COUNT"));
        Assert.Equal("*1\r\n$-1\r\n", Text(IsServed, "COMMAND", "INFO", "get"));
        Assert.Equal("*0\r\n", Text(IsServed, "COMMAND", "DOCS", "get"));
        Assert.Equal("-ERR Invalid command specified\r\n", Text(IsServed, "COMMAND", "GETKEYS", "get", "k"));
        string all = Text(IsServed, "COMMAND") + Text(IsServed, "COMMAND", "LIST");
        Assert.DoesNotContain("\r\nget\r\n", all);
        all += Text(IsServed, "COMMAND", "DOCS");
        Assert.DoesNotContain("config|set", all);
        Assert.DoesNotContain("object|encoding", all);
        Assert.Contains("config|get", all);
    }

    [Fact]
    public void COMMAND_DOCS_describes_arguments_as_Redis_does()
    {
        using RespClient client = _redis.Connect(resp3: true);
        RespValue theirs = client.Call("COMMAND", "DOCS");
        RespValue ours = RespValue.Parse(Answer(true, "COMMAND", "DOCS"));
        var differences = new List<string>();
        CompareDocs(theirs, ours, differences);
        Assert.Empty(differences);
    }

    // Summaries and the names of groups are our own; everything that a program reads must be the same.
    private static void CompareDocs(RespValue theirs, RespValue ours, List<string> differences)
    {
        Assert.Equal(Keys(theirs).Order(StringComparer.Ordinal), Keys(ours).Order(StringComparer.Ordinal));
        foreach (string name in Keys(theirs))
        {
            RespValue their = theirs[name];
            RespValue our = ours[name];
            foreach (string fact in new[] { "since", "group", "deprecated_since", "doc_flags" })
                Assert.Equal((name, Find(their, fact)), (name, Find(our, fact)));
            Assert.Equal((name, Find(their, "replaced_by") is null), (name, Find(our, "replaced_by") is null));
            string theirShape = Shape(Find(their, "arguments"));
            string ourShape = Shape(Find(our, "arguments"));
            if (theirShape != ourShape && !DescribedInOurWay.Contains(name)) differences.Add($"{name}\n{theirShape}\n{ourShape}\n");
            if (Find(their, "subcommands") is { } subcommands) CompareDocs(subcommands, our["subcommands"], differences);
        }
    }

    // Redis wraps these in blocks of one, marks alternatives optional, or describes what cannot be meant (BYBOX width without its height).
    private static readonly string[] DescribedInOurWay =
    [
        "georadius", "georadius_ro", "georadiusbymember", "georadiusbymember_ro", "geosearch", "geosearchstore", "bitfield", "migrate",
        "config|get", "client|list", "client|kill", "module|loadex", "psubscribe",
    ];

    private static string Shape(RespValue? arguments)
    {
        if (arguments is null) return "";
        var text = new StringBuilder();
        foreach (RespValue argument in arguments.Items)
        {
            string type = argument["type"].Text;
            bool isGroup = type is "oneof" or "block";
            string name = isGroup || type == "pure-token" ? "" : argument["name"].Text;
            string flags = Find(argument, "flags") is { } set ? string.Join(',', set.Texts) : "";
            text.Append($" {name}:{type}:{Find(argument, "token")?.Text}:{Find(argument, "key_spec_index")?.Text}:{flags}");
            if (isGroup) text.Append($"({Shape(argument["arguments"])} )");
        }
        return text.ToString();
    }

    private byte[] Answer(bool resp3, params string[] request) => Answer(resp3, _ => true, request);

    private static string Text(Func<Command, bool> isServed, params string[] request) =>
        Encoding.Latin1.GetString(Answer(false, isServed, request));

    private static byte[] Answer(bool resp3, Func<Command, bool> isServed, string[] texts)
    {
        var request = new EncodedRequest(texts);
        Command row = CommandTable.Resolve(request.Arguments)!;
        return EncodedRequest.Written(reply => CommandReplies.Write(row, request.Arguments, reply, resp3, isServed));
    }

    private static string[] ByName(RespValue commands) =>
        [.. commands.Items.OrderBy(command => command[0].Text, StringComparer.Ordinal).Select(Comparable)];

    // Redis lists subcommands in the order of a hash table; remarks on keys are in our own words.
    private static string Comparable(RespValue command)
    {
        string subcommands = string.Join('\n', ByName(command[9]));
        return $"{string.Join(' ', command.Items.Take(8))} {string.Join(' ', command[8].Items.Select(WithoutNote))} {command[9].Kind}{subcommands}";
    }

    private static string WithoutNote(RespValue spec) =>
        spec[0].Text == "notes" ? $"noted {spec.Kind}[{string.Join(", ", spec.Items.Skip(2))}]" : spec.ToString();

    private static IEnumerable<string> Keys(RespValue map) => map.Items.Where((_, i) => i % 2 == 0).Select(key => key.Text);

    private static RespValue? Find(RespValue map, string key) => Keys(map).Contains(key) ? map[key] : null;
}
