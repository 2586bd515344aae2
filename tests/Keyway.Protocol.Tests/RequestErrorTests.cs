using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class RequestErrorTests
{
    private const int LineLimit = 64 * 1024;

    private readonly RequestReader _reader = new();

    [Theory]
    [InlineData("*\r\n", "invalid multibulk length")]
    [InlineData("*-0\r\n", "invalid multibulk length")]
    [InlineData("*+1\r\n", "invalid multibulk length")]
    [InlineData("*01\r\n", "invalid multibulk length")]
    [InlineData("* 1\r\n", "invalid multibulk length")]
    [InlineData("*1 \r\n", "invalid multibulk length")]
    [InlineData("*-\r\n", "invalid multibulk length")]
    [InlineData("*abc\r\n", "invalid multibulk length")]
    [InlineData("*2147483648\r\n", "invalid multibulk length")]
    [InlineData("*9223372036854775808\r\n", "invalid multibulk length")]
    [InlineData("*18446744073709551617\r\n", "invalid multibulk length")]
    [InlineData("*-9223372036854775809\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$-0\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$04\r\nPING\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$00\r\n\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$+4\r\nPING\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$ 3\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$abc\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$4a\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$9223372036854775807\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$9223372036854775808\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$18446744073709551619\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$4\r\nPING\r\n$-5\r\n", "invalid bulk length")]
    [InlineData("*1\r\nx\r\n", "expected '$', got 'x'")]
    [InlineData("*1\r\n*1\r\n", "expected '$', got '*'")]
    [InlineData("*1\r\n\r\n", "expected '$', got ' '")]
    [InlineData("*1\r\n\n\r\n", "expected '$', got ' '")]
    [InlineData("*1\r\n\u0001\r\n", "expected '$', got '\u0001'")]
    [InlineData("*1\r\n\u00ff\r\n", "expected '$', got '\u00ff'")]
    [InlineData("*2\r\n$4\r\nPING\r\nPING\r\n", "expected '$', got 'P'")]
    [InlineData("SET a \"b\r\n", "unbalanced quotes in request")]
    [InlineData("SET a '\r\n", "unbalanced quotes in request")]
    [InlineData("ECHO \"a\"b\r\n", "unbalanced quotes in request")]
    public void Malformed_requests_get_the_words_of_Redis(string input, string error)
    {
        Assert.Equal(RequestStatus.Error, _reader.Read(Bytes(input)));
        Assert.Equal("ERR Protocol error: " + error, Text(_reader.Error));
    }

    // Redis says nothing before the whole line is there, since only then does it look at it.
    [Theory]
    [InlineData("*1\r\nPING")]
    [InlineData("*1\r\nP\r")]
    [InlineData("*abc")]
    [InlineData("*1\r\n$abc\r")]
    [InlineData("*1\n$4\nPING\n")]
    [InlineData("*1\0\r\nPING\r\n")]
    [InlineData("*1\r\n\0\r\n")]
    [InlineData("PING\0\r\nPING\r\n")]
    [InlineData("\0PING\r\n")]
    public void What_may_still_become_a_request_is_waited_for(string input) =>
        Assert.Equal(RequestStatus.Incomplete, _reader.Read(Bytes(input)));

    [Theory]
    [InlineData("*", '1', "too big mbulk count string")]
    [InlineData("*1\r\n$", '1', "too big bulk count string")]
    [InlineData("*1\r\nx", 'x', "too big bulk count string")]
    [InlineData("a", 'a', "too big inline request")]
    [InlineData("a\0", '\n', "too big inline request")]
    [InlineData("*\0", '\r', "too big mbulk count string")]
    public void A_line_without_end_is_refused_past_64_KB_and_never_sooner(string start, char filler, string error)
    {
        int lineStart = start.LastIndexOf('\n') + 1;
        byte[] input = Bytes(start + new string(filler, LineLimit + 1 - (start.Length - lineStart)));

        Assert.Equal(RequestStatus.Incomplete, _reader.Read(input.AsSpan(0, input.Length - 1)));
        Assert.Equal(RequestStatus.Error, _reader.Read(input));
        Assert.Equal("ERR Protocol error: " + error, Text(_reader.Error));

        _reader.Reset();
        Assert.Equal(RequestStatus.Error, _reader.Read(input));
        Assert.Equal("ERR Protocol error: " + error, Text(_reader.Error));
    }

    [Fact]
    public void Lines_of_exactly_64_KB_are_read()
    {
        Assert.Equal(RequestStatus.Complete, _reader.Read(Bytes(new string('a', LineLimit) + "\n")));
        Assert.Equal(LineLimit, _reader.Arguments([])[0].Length);

        Assert.Equal(RequestStatus.Error, _reader.Read(Bytes("*" + new string('1', LineLimit - 1) + "\r\n")));
        Assert.Equal("ERR Protocol error: invalid multibulk length", Text(_reader.Error));
    }

    [Theory]
    [InlineData("*10\r\n", null)]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*2147483648\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$16384\r\n", null)]
    [InlineData("*1\r\n$16385\r\n", "unauthenticated bulk length")]
    [InlineData("*1\r\n$536870912\r\n", "unauthenticated bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "invalid bulk length")]
    public void Strangers_may_announce_little(string input, string? error)
    {
        _reader.Limits = RequestLimits.Unauthenticated;

        RequestStatus status = _reader.Read(Bytes(input));

        Assert.Equal(error is null ? RequestStatus.Incomplete : RequestStatus.Error, status);
        if (error is not null) Assert.Equal("ERR Protocol error: " + error, Text(_reader.Error));
    }

    [Fact]
    public void Strangers_may_type_lines_of_any_number_of_words()
    {
        _reader.Limits = RequestLimits.Unauthenticated;

        Assert.Equal(RequestStatus.Complete, _reader.Read("a b c d e f g h i j k l m\r\n"u8));
        Assert.Equal(13, _reader.Count);
    }

    [Fact]
    public void A_configured_bulk_limit_is_kept_on_every_road()
    {
        _reader.Limits = RequestLimits.Default with { MaxBulkLength = 1024 };

        Assert.Equal(RequestStatus.Complete, _reader.Read(Bytes("*1\r\n$1024\r\n" + new string('x', 1024) + "\r\n")));
        Assert.Equal(RequestStatus.Error, _reader.Read(Bytes("*1\r\n$1025\r\n" + new string('x', 1025) + "\r\n")));
        Assert.Equal("ERR Protocol error: invalid bulk length", Text(_reader.Error));
    }

    [Fact]
    public void Limits_below_one_digit_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _reader.Limits = new RequestLimits(8, 1024));
        Assert.Throws<ArgumentOutOfRangeException>(() => _reader.Limits = new RequestLimits(10, 8));
    }

    [Fact]
    public void Nesting_cannot_exhaust_anything()
    {
        Assert.Equal(RequestStatus.Error, _reader.Read(Bytes(string.Concat(Enumerable.Repeat("*1\r\n", 50_000)))));
        Assert.Equal("ERR Protocol error: expected '$', got '*'", Text(_reader.Error));
    }

    [Fact]
    public void After_an_error_the_next_read_is_another_request()
    {
        Assert.Equal(RequestStatus.Error, _reader.Read("*x\r\n"u8));
        Assert.Equal(RequestStatus.Complete, _reader.Read("*1\r\n$4\r\nPING\r\n"u8));
        Assert.True(_reader.Error.IsEmpty);
    }
}
