using System.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Protocol.Tests.Commands;

public class CommandTableTests
{
    [Fact]
    public void Every_command_is_found_by_its_name_in_any_case()
    {
        foreach (Command command in CommandTable.TopLevel)
        {
            Assert.Same(command, Find(command.Name));
            Assert.Same(command, Find(command.Name.ToUpperInvariant()));
            Assert.Same(command, Find(Alternating(command.Name)));
            foreach (Command subcommand in command.Subcommands)
            {
                byte[] name = Encoding.ASCII.GetBytes(Alternating(subcommand.Name[(command.Name.Length + 1)..]));
                Assert.Same(subcommand, CommandTable.FindSubcommand(command, name));
                Assert.Same(subcommand, CommandTable.FindFullName(Encoding.ASCII.GetBytes(subcommand.Name.ToUpperInvariant())));
                Assert.Same(command, subcommand.Parent);
            }
        }
    }

    [Fact]
    public void A_name_that_differs_in_any_byte_is_another_name()
    {
        var names = CommandTable.TopLevel.Select(command => command.Name).ToHashSet();
        foreach (string name in names)
        {
            for (int i = 0; i < name.Length; i++)
            {
                for (int other = 0; other < 256; other++)
                {
                    string changed = name[..i] + (char)other + name[(i + 1)..];
                    string lower = other < 128 ? changed.ToLowerInvariant() : changed;
                    Assert.Equal(names.Contains(lower) ? lower : null, Find(changed)?.Name);
                }
            }
            Assert.Null(Find(name + "\0"));
            Assert.Null(Find(name + " "));
            Assert.Equal(names.Contains(name[..^1]) ? name[..^1] : null, Find(name[..^1])?.Name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nosuchcommand")]
    [InlineData("georadiusbymember_rox")]
    [InlineData("config|get")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_of_no_command_are_not_found(string name) => Assert.Null(Find(name));

    [Fact]
    public void Ids_are_places_in_the_table()
    {
        Assert.Equal(366, CommandTable.All.Length);
        Assert.Equal(240, CommandTable.TopLevel.Length);
        for (int i = 0; i < CommandTable.All.Length; i++) Assert.Equal(i, CommandTable.All[i].Id);
        Assert.Equal(366, CommandTable.LearnedId);
    }

    [Fact]
    public void Finding_and_extracting_allocate_nothing()
    {
        var request = new EncodedRequest("mset", "a", "1", "b", "2");
        var keys = default(KeyList);
        long before = 0;
        for (int i = 0; i < 100; i++)
        {
            if (i == 50) before = GC.GetAllocatedBytesForCurrentThread();
            Command row = CommandTable.Resolve(request.Arguments)!;
            KeyExtractor.Extract(row, request.Arguments, ref keys);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2, keys.Count);
    }

    [Theory]
    [InlineData("get k", "get")]
    [InlineData("CONFIG GET x", "config|get")]
    [InlineData("config", "config")]
    [InlineData("config nosuch", null)]
    [InlineData("nosuch", null)]
    [InlineData("command", "command")]
    [InlineData("command info", "command|info")]
    public void A_request_runs_by_the_row_of_its_subcommand(string request, string? row) =>
        Assert.Equal(row, CommandTable.Resolve(new EncodedRequest(request.Split(' ')).Arguments)?.Name);

    [Theory]
    [InlineData("get", RequestPolicy.OneUnit, ResponsePolicy.AsIs)]
    [InlineData("mget", RequestPolicy.Split, ResponsePolicy.KeyOrder)]
    [InlineData("mset", RequestPolicy.Split, ResponsePolicy.AllSucceeded)]
    [InlineData("msetnx", RequestPolicy.OneUnit, ResponsePolicy.AsIs)]
    [InlineData("unlink", RequestPolicy.Split, ResponsePolicy.Sum)]
    [InlineData("eval", RequestPolicy.OneUnit, ResponsePolicy.AsIs)]
    [InlineData("dbsize", RequestPolicy.AllShards, ResponsePolicy.Sum)]
    [InlineData("script|exists", RequestPolicy.AllShards, ResponsePolicy.LogicalAnd)]
    [InlineData("script|kill", RequestPolicy.AllShards, ResponsePolicy.OneSucceeded)]
    [InlineData("blpop", RequestPolicy.Session, ResponsePolicy.AsIs)]
    [InlineData("wait", RequestPolicy.Session, ResponsePolicy.Minimum)]
    [InlineData("ping", RequestPolicy.Gateway, ResponsePolicy.AsIs)]
    [InlineData("cluster|slots", RequestPolicy.Gateway, ResponsePolicy.AsIs)]
    [InlineData("cluster|meet", RequestPolicy.Refused, ResponsePolicy.AsIs)]
    [InlineData("shutdown", RequestPolicy.Refused, ResponsePolicy.AsIs)]
    public void The_row_says_where_the_gateway_sends_a_command(string name, RequestPolicy request, ResponsePolicy response)
    {
        Command command = CommandTable.FindFullName(Encoding.ASCII.GetBytes(name))!;
        Assert.Equal(request, command.Request);
        Assert.Equal(response, command.Response);
    }

    [Fact]
    public void Every_row_is_described_and_its_syntax_can_be_read()
    {
        foreach (Command command in CommandTable.All)
        {
            Assert.NotEqual("", command.Summary);
            Assert.Matches(@"^\d+\.\d+\.\d+$", command.Since);
            SyntaxReader.Read(command.Syntax);
        }
    }

    [Fact]
    public void A_learned_command_has_its_keys_found_by_its_specifications()
    {
        KeySpec spec = new(KeySearch.Index, KeySpan.Range, KeyAccess.RW) { Start = 1 };
        Command learned = Command.Learned("hexpire", -6, CommandFlags.Write | CommandFlags.Fast, AclCategories.Hash, [spec]);
        Assert.Equal(1, learned.SimpleKey);
        Assert.Equal(CommandTable.LearnedId, learned.Id);
        Assert.Equal(RequestPolicy.OneUnit, learned.Request);

        KeySpec after = new(KeySearch.Keyword, KeySpan.Range, KeyAccess.RW) { Keyword = "STREAMS", Start = 1, LastKey = -1, Share = 2 };
        KeySpec optional = new(KeySearch.Keyword, KeySpan.Range, KeyAccess.RW) { Keyword = "TO", Start = -1 };
        Command other = Command.Learned("xnew", -2, CommandFlags.Write | CommandFlags.Blocking, AclCategories.Stream, [after, optional]);
        var keys = default(KeyList);
        Assert.Equal(KeyStatus.Found, KeyExtractor.Extract(other, new EncodedRequest("xnew", "streams", "a", "b", "1", "2").Arguments, ref keys));
        Assert.Equal([2, 3], keys.Items.ToArray().Select(key => key.Index));
        Assert.Equal(RequestPolicy.Session, other.Request);
    }

    private static Command? Find(string name) => CommandTable.Find(Encoding.Latin1.GetBytes(name));

    private static string Alternating(string name) =>
        string.Concat(name.Select((letter, i) => i % 2 == 0 ? char.ToUpperInvariant(letter) : letter));
}
