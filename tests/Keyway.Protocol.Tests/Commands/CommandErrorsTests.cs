using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

public sealed class CommandErrorsTests : IClassFixture<SharedRedis>
{
    private readonly SharedRedis _redis;

    public CommandErrorsTests(SharedRedis redis) => _redis = redis;

    public static TheoryData<string[]> OddRequests => new(
    [
        ["nosuch"],
        ["NoSuch", "a", "b"],
        ["nosuch", ""],
        [""],
        ["", "a"],
        ["nosuch", "a b", "'"],
        ["no\r\nsuch", "a\rb", "c\nd", "\r\n"],
        ["no\0such", "a\0b", "\0"],
        ["nosuch\u00ff\u0080", "\u00fe\u0001"],
        ["config|get", "a"],
        [new string('x', 127)],
        [new string('x', 128), "a"],
        [new string('x', 129), "a"],
        [new string('x', 1000), new string('y', 1000), "z"],
        ["nosuch", new string('y', 124), "abcdefgh", "z"],
        ["nosuch", new string('y', 125), "abcdefgh", "z"],
        ["nosuch", new string('y', 126), "abcdefgh", "z"],
        ["nosuch", new string('y', 127), "z"],
        ["nosuch", new string('y', 128), "z"],
        ["nosuch", new string('y', 129), "z"],
        ["nosuch", .. Enumerable.Repeat("a", 100)],
        ["nosuch", .. Enumerable.Repeat("", 100)],
        ["CONFIG", "nosuch"],
        ["CoNfIg", "NOSUCH", "a", "b"],
        ["config", ""],
        ["config", new string('x', 1000)],
        ["config", "a\r\nb\0c"],
        ["client", "setinfo", "lib-name", "x"],
        ["config"],
        ["get"],
        ["get", "a", "b"],
        ["config", "get"],
        ["CONFIG", "SET", "x"],
        ["command", "count", "x"],
        ["xgroup", "create", "k"],
    ]);

    [Theory]
    [MemberData(nameof(OddRequests))]
    public void What_no_command_can_take_is_refused_in_the_words_of_Redis(string[] texts)
    {
        using RespClient client = _redis.Connect();
        client.Send(texts);
        string theirs = client.ReadRawText();

        var request = new EncodedRequest(texts);
        Command? row = CommandTable.Resolve(request.Arguments);
        string ours = EncodedRequest.WrittenText(reply =>
        {
            if (row is null) CommandErrors.WriteUnknown(reply, request.Arguments);
            else if (!row.Takes(texts.Length)) CommandErrors.WriteWrongArity(reply, row);
        });
        Assert.Equal(theirs, ours);
    }

    [Fact]
    public void The_number_of_arguments_is_judged_as_Redis_judges_it()
    {
        using RespClient client = _redis.Connect();
        foreach (Command row in CommandTable.All)
        {
            int least = Math.Abs(row.Arity);
            string[] tooFew = [.. row.Name.Split('|'), .. Enumerable.Repeat("x", least)];
            Array.Resize(ref tooFew, least - 1);
            if (tooFew.Length < row.Name.Split('|').Length) continue;

            Assert.False(row.Takes(tooFew.Length));
            Assert.True(row.Takes(least));
            Assert.Equal(row.Arity < 0, row.Takes(least + 1));
            var request = new EncodedRequest(tooFew);
            client.Send(tooFew);
            Assert.Equal(client.ReadRawText(), EncodedRequest.WrittenText(reply => CommandErrors.WriteWrongArity(reply, row)));
        }
    }
}
