using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class InlineRequestTests
{
    private readonly RequestReader _reader = new();

    public static TheoryData<string, string[]> Lines => new()
    {
        { "PING\n", ["PING"] },
        { "PING\r\n", ["PING"] },
        { "PING\r\r\n", ["PING"] },
        { "  SET\t k  v \r\n", ["SET", "k", "v"] },
        { "\v\fPING\n", ["PING"] },
        { "ECHO \va\r\n", ["ECHO", "a"] },
        { "ECHO a\vb\r\n", ["ECHO", "a\vb"] },                     // VT parts no word, only a space between words
        { "ECHO a\rb\r\n", ["ECHO", "a", "b"] },
        { "ECHO \"a\\x41\\n\\r\\t\\b\\a\\q\\\"\"\r\n", ["ECHO", "aA\n\r\t\b\aq\""] },
        { "ECHO \"\\xfF\\x00\"\r\n", ["ECHO", "\u00ff\0"] },
        { "ECHO \"x\\x4\"\r\n", ["ECHO", "xx4"] },
        { "ECHO \"\\x0\"\r\n", ["ECHO", "x0"] },
        { "ECHO \"\\xg0\"\r\n", ["ECHO", "xg0"] },
        { "ECHO 'a\\'b'\r\n", ["ECHO", "a'b"] },
        { "ECHO 'a\\nb\\\\c'\r\n", ["ECHO", "a\\nb\\\\c"] },
        { "ECHO 'a\"b'\r\n", ["ECHO", "a\"b"] },
        { "ECHO a\"b c\"\r\n", ["ECHO", "ab c"] },                 // quotes may open in mid-word
        { "ECHO a'b c'\t\r\n", ["ECHO", "ab c"] },
        { "ECHO \"a\"\v\r\n", ["ECHO", "a"] },
        { "ECHO \"\"\r\n", ["ECHO", ""] },
        { "ECHO ''\r\n", ["ECHO", ""] },
        { "ECHO a\\nb\r\n", ["ECHO", "a\\nb"] },
        { "\"PING\"\r\n", ["PING"] },
        { "PING \u00ff\u00a0\r\n", ["PING", "\u00ff\u00a0"] },
        { "POST / HTTP/1.1\r\n", ["POST", "/", "HTTP/1.1"] },
        { "$4\r\n", ["$4"] },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_typed_line_is_split_as_Redis_splits_it(string line, string[] arguments)
    {
        byte[] input = Bytes(line + "next\n");

        Assert.Equal(RequestStatus.Complete, _reader.Read(input));

        Assert.True(_reader.IsInline);
        Assert.Equal(line.Length, _reader.Consumed);
        Assert.Equal(arguments, Contents(_reader.Arguments(input)));
        Assert.Equal(arguments.Length, _reader.DeclaredCount);

        string multibulk = $"*{arguments.Length}\r\n" + string.Concat(arguments.Select(a => $"${a.Length}\r\n{a}\r\n"));
        Assert.Equal(multibulk, Text(_reader.Frame(input)));
        Assert.Equal($"${arguments[0].Length}\r\n{arguments[0]}\r\n", Text(_reader.Arguments(input).Encoded(0)));
    }

    [Theory]
    [InlineData("ECHO \"a\"b\r\n")]
    [InlineData("ECHO 'a'b\r\n")]
    [InlineData("ECHO 'a'\"b\"\r\n")]
    [InlineData("ECHO \"a\r\n")]
    [InlineData("ECHO 'a\r\n")]
    [InlineData("ECHO \"\r\n")]
    [InlineData("ECHO \"x\\\"\r\n")]
    [InlineData("ECHO \"x\\\r\n")]
    [InlineData("ECHO 'a\\'b\\n\\\\\\'\r\n")]
    [InlineData("ECHO '\\'\r\n")]
    public void Quotes_must_close_and_end_their_word(string line)
    {
        Assert.Equal(RequestStatus.Error, _reader.Read(Bytes(line)));
        Assert.Equal("ERR Protocol error: unbalanced quotes in request", Text(_reader.Error));
    }

    [Fact]
    public void The_longest_line_may_hold_thousands_of_arguments()
    {
        byte[] input = Bytes(string.Concat(Enumerable.Repeat("a ", 32 * 1024)) + "\n");

        Assert.Equal(RequestStatus.Complete, _reader.Read(input));
        Assert.Equal(32 * 1024, _reader.Count);
        Assert.Equal("a", Text(_reader.Arguments(input)[32 * 1024 - 1]));
    }
}
