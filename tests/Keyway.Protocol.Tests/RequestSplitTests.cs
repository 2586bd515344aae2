using FsCheck;
using FsCheck.Fluent;
using Keyway.Testing;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class RequestSplitTests
{
    private static readonly string[] Streams =
    [
        "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n*1\r\n$4\r\nPING\r\n",
        "*2\r\n$3\r\nGET\r\n$16\r\n0123456789abcdef\r\n",
        "*12\r\n" + string.Concat(Enumerable.Repeat("$1\r\nx\r\n", 12)) + "PING\r\n",
        "*1\r\n$0\r\n\r\n*0\r\n*-1\r\n\r\n*1\r\n$4\r\nPING\r\n",
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$123\r\n" + new string('v', 123) + "\r\n",
        "*1\rX$4\rYPINGab*1\r\n$4\r\nPING\r\n",
        "*2\r\n$4\r\nPINGxy$1\r\na\r\n",
        "*2\r\n$4\r\nPING\rx$1\r\na\r\n",
        "SET \"a b\" 'c' \\x\r\nPING\n\r\nGET k\r\n*1\r\n$4\r\nPING\r\n",
        "*1\r\n$536870913\r\n", "*1\r\n$-1\r\n", "*1x\r\n", "*2\r\n$1\r\na\r\nx\r\n", "SET \"a\r\n", "*1\r\n$3\r\nabc\r\n*3\r\n$1\r\na\r\n$",
        "PING\0\r\n", "*1\0\r\n", "*1\r\n$1\0\r\n",
    ];

    public static TheoryData<string> AllStreams => new(Streams);

    [Theory]
    [MemberData(nameof(AllStreams))]
    public void Wherever_a_stream_is_cut_it_reads_the_same(string text)
    {
        byte[] stream = Bytes(text);
        for (int first = 0; first <= stream.Length; first++)
        {
            RespFuzz.CheckRequests(stream, [first], RequestLimits.Default);
            for (int second = first; second <= stream.Length; second += 3) RespFuzz.CheckRequests(stream, [first, second], RequestLimits.Default);
        }
    }

    [Fact]
    public void A_client_that_sends_single_bytes_costs_no_more_per_byte_than_any_other()
    {
        string[] streams =
        [
            "*2000\r\n" + string.Concat(Enumerable.Repeat("$1\r\nx\r\n", 2000)),
            "*2\r\n$3\r\nSET\r\n$20000\r\n" + new string('v', 20_000) + "\r\n",
            "SET k " + new string('v', 20_000) + "\r\n",
            "*" + new string('1', 20_000),
            "*1\r\n$" + new string('1', 20_000),
        ];
        foreach (string text in streams)
        {
            byte[] stream = Bytes(text);
            var reader = new RequestReader();
            RequestStatus status = RequestStatus.Incomplete;
            for (int length = 1; length <= stream.Length; length++)
            {
                Assert.Equal(RequestStatus.Incomplete, status);
                status = reader.Read(stream.AsSpan(0, length));
            }

            Assert.InRange(reader.BytesExamined, 0, stream.Length);
        }
    }

    [Theory]
    [MemberData(nameof(AllStreams))]
    public void A_tail_ends_where_the_request_does(string text)
    {
        byte[] stream = Bytes(text);
        for (int cut = 0; cut <= stream.Length; cut++) RespFuzz.CheckTail(stream, cut, RequestLimits.Default);
    }

    [Fact]
    public void A_tail_takes_over_in_mid_value_and_leaves_the_next_request_alone()
    {
        var reader = new RequestReader();
        Assert.Equal(RequestStatus.Incomplete, reader.Read("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\n0123"u8));

        RequestTail tail = reader.DetachTail();

        Assert.Equal(8, tail.AnnouncedRest);
        Assert.Equal(RequestStatus.Complete, reader.Read("*1\r\n$4\r\nPING\r\n"u8));
        Assert.Equal(RequestStatus.Incomplete, tail.Advance("45678"u8, out int consumed));
        Assert.Equal(5, consumed);
        Assert.Equal(RequestStatus.Incomplete, tail.Advance([], out consumed));
        Assert.Equal(RequestStatus.Complete, tail.Advance("9\r\nPING\r\n"u8, out consumed));
        Assert.Equal(3, consumed);
        Assert.Equal(RequestStatus.Complete, tail.Advance("PING\r\n"u8, out consumed));
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("*2\r\n$3\r\nSET\r\n", "$-1\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$3\r\nSET\r\n$", "99999999999\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$3\r\nSET\r\n", "x\r\n", "expected '$', got 'x'")]
    [InlineData("*2\r\n$3\r\nSET\r\n", "\r\n", "expected '$', got ' '")]
    [InlineData("*2\r\n$3\r\nSET\r\n$1", "\rx", "expected CRLF in a large request")]
    [InlineData("*2\r\n$3\r\nSET\r\n$1\r\n", "axx", "expected CRLF in a large request")]
    [InlineData("*2\r\n$3\r\nSET\r\n$1\r\nax", "\n", "expected CRLF in a large request")]
    [InlineData("*2\rX$3\r\nSET\r\n$1\r\n", "a\r\n", "expected CRLF in a large request")]
    public void A_tail_that_cannot_become_a_request_says_why_and_stays_so(string head, string rest, string error)
    {
        var reader = new RequestReader();
        Assert.Equal(RequestStatus.Incomplete, reader.Read(Bytes(head)));
        RequestTail tail = reader.DetachTail();

        Assert.Equal(RequestStatus.Error, tail.Advance(Bytes(rest), out _));
        Assert.Equal("ERR Protocol error: " + error, Text(tail.Error));
        Assert.Equal(RequestStatus.Error, tail.Advance("*1\r\n"u8, out int consumed));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void A_tail_refuses_a_header_without_end()
    {
        var reader = new RequestReader();
        Assert.Equal(RequestStatus.Incomplete, reader.Read("*2\r\n$3\r\nSET\r\n$1"u8));
        RequestTail tail = reader.DetachTail();

        Assert.Equal(RequestStatus.Error, tail.Advance(Bytes(new string('1', 64 * 1024)), out _));
        Assert.Equal("ERR Protocol error: too big bulk count string", Text(tail.Error));
    }

    [Fact]
    public void Only_what_is_half_received_and_counted_has_a_tail()
    {
        var reader = new RequestReader();
        Assert.Throws<InvalidOperationException>(() => reader.DetachTail());
        reader.Read("*1"u8);
        Assert.Throws<InvalidOperationException>(() => reader.DetachTail());
        reader.Reset();
        reader.Read("PING"u8);
        Assert.Throws<InvalidOperationException>(() => reader.DetachTail());
        reader.Reset();
        reader.Read("*1\r\n$4\r\nPING\r\n"u8);
        Assert.Throws<InvalidOperationException>(() => reader.DetachTail());
    }

    [Fact]
    public void Whatever_arguments_are_written_are_read() =>
        Prop.ForAll<byte[][]>(written =>
        {
            byte[][] arguments = [.. written.Where(a => a is not null)];
            if (arguments.Length == 0) return;

            byte[] request = Bytes($"*{arguments.Length}\r\n" + string.Concat(arguments.Select(a => $"${a.Length}\r\n{Text(a)}\r\n")));
            var reader = new RequestReader();
            Assert.Equal(RequestStatus.Complete, reader.Read(request));
            Assert.Equal(request.Length, reader.Consumed);
            Assert.Equal(arguments.Select(a => Text(a)), Contents(reader.Arguments(request)));
        }).QuickCheckThrowOnFailure();
}
