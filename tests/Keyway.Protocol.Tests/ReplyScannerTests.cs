using Keyway.Testing;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class ReplyScannerTests
{
    private static readonly string[] Replies =
    [
        "+OK\r\n", "+\r\n", "+PONG\r\n", "-ERR unknown command 'x'\r\n", ":0\r\n", ":7\r\n", ":1000\r\n", ":-1\r\n", ":1234567890123\r\n",
        ":9223372036854775807\r\n", ":-9223372036854775808\r\n", "$-1\r\n", "*-1\r\n", "$0\r\n\r\n", "$3\r\nbar\r\n", "$2\r\n\r\n\r\n",
        "$12\r\n0123456789ab\r\n", "*0\r\n", "*2\r\n$1\r\na\r\n:5\r\n", "*3\r\n+a\r\n-b\r\n$-1\r\n",
        "*2\r\n*1\r\n:1\r\n*2\r\n*0\r\n*-1\r\n",
        "_\r\n", "#t\r\n", "#f\r\n", ",3.25\r\n", ",inf\r\n", ",-inf\r\n", ",nan\r\n", ",1e-07\r\n", "(0\r\n",
        "(-3492890328409238509324850943850943825024385\r\n",
        "=7\r\ntxt:abc\r\n", "=4\r\ntxt:\r\n", "!9\r\nERR oh no\r\n", "%0\r\n", "%1\r\n+k\r\n:1\r\n",
        "%2\r\n+a\r\n*1\r\n:1\r\n+b\r\n%0\r\n", "~2\r\n:1\r\n:2\r\n", "~0\r\n",
        ">3\r\n$7\r\nmessage\r\n+ch\r\n$2\r\nhi\r\n", "|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n", "|0\r\n+OK\r\n",
        "|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:2\r\n+OK\r\n",
        "*2\r\n|1\r\n+k\r\n+v\r\n:1\r\n:2\r\n", "|1\r\n+k\r\n*1\r\n:1\r\n>1\r\n+x\r\n", "*1\r\n|1\r\n*0\r\n%0\r\n_\r\n",
        "|1\r\n+a\r\n+b\r\n|1\r\n+c\r\n+d\r\n-ERR x\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "%1\r\n~1\r\n$1\r\na\r\n|1\r\n:1\r\n:2\r\n_\r\n",
    ];

    public static TheoryData<string> AllReplies => new(Replies);

    [Theory]
    [MemberData(nameof(AllReplies))]
    public void A_reply_ends_where_it_ends_wherever_it_is_cut(string text)
    {
        byte[] stream = Bytes(text + "+next\r\n");
        var scanner = new ReplyScanner();

        Assert.Equal(ReplyStatus.Complete, scanner.Scan(stream, out int consumed));
        Assert.Equal(text.Length, consumed);
        Assert.False(scanner.InReply);
        for (int first = 0; first <= stream.Length; first++)
        {
            for (int second = first; second <= stream.Length; second++) RespFuzz.CheckReplies(stream, [first, second]);
        }
    }

    [Fact]
    public void One_scanner_follows_a_stream_of_replies()
    {
        byte[] stream = Bytes(string.Concat(Replies));
        var scanner = new ReplyScanner();
        int position = 0;

        foreach (string reply in Replies)
        {
            Assert.Equal(ReplyStatus.Complete, scanner.Scan(stream.AsSpan(position), out int consumed));
            Assert.Equal(reply, Text(stream.AsSpan(position, consumed)));
            position += consumed;
        }

        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan([], out _));
        Assert.False(scanner.InReply);
    }

    [Theory]
    [InlineData("+OK\r\n", '+', false, false)]
    [InlineData("-ERR\r\n", '-', true, false)]
    [InlineData("!3\r\nERR\r\n", '!', true, false)]
    [InlineData("*1\r\n-ERR\r\n", '*', false, false)]
    [InlineData(">1\r\n+a\r\n", '>', false, true)]
    [InlineData("|1\r\n+a\r\n>1\r\n+b\r\n-ERR\r\n", '-', true, false)]
    [InlineData("|1\r\n+a\r\n+b\r\n>1\r\n+c\r\n", '>', false, true)]
    [InlineData("$3\r\nbar\r\n", '$', false, false)]
    [InlineData("_\r\n", '_', false, false)]
    public void What_a_reply_is_shows_behind_its_attributes(string text, char type, bool isError, bool isPush)
    {
        var scanner = new ReplyScanner();
        if (text.StartsWith("|1\r\n+a\r\n>", StringComparison.Ordinal))
        {
            // A push cannot be an attribute's value.
            Assert.Equal(ReplyStatus.Error, scanner.Scan(Bytes(text), out _));
            return;
        }

        Assert.Equal(ReplyStatus.Complete, scanner.Scan(Bytes(text), out _));
        Assert.Equal((byte)type, scanner.Type);
        Assert.Equal(isError, scanner.IsErrorReply);
        Assert.Equal(isPush, scanner.IsPush);
    }

    [Fact]
    public void The_type_is_known_as_soon_as_it_has_come()
    {
        var scanner = new ReplyScanner();
        scanner.Scan("|1\r\n+a\r\n+b\r\n"u8, out _);
        Assert.True(scanner.InReply);
        Assert.Equal(0, scanner.Type);

        scanner.Scan("!"u8, out _);
        Assert.Equal((byte)'!', scanner.Type);
        Assert.True(scanner.IsErrorReply);
    }

    [Fact]
    public void A_large_reply_is_known_by_its_header()
    {
        var scanner = new ReplyScanner();

        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan("*2\r\n$1000000\r\nabc"u8, out int consumed));
        Assert.Equal(17, consumed);
        Assert.Equal(999_999, scanner.AnnouncedRest);
        Assert.True(scanner.InReply);

        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan(new byte[999_997], out _));
        Assert.Equal(2, scanner.AnnouncedRest);
        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan("\r"u8, out _));
        Assert.Equal(1, scanner.AnnouncedRest);
        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan("\n"u8, out _));
        Assert.Equal(0, scanner.AnnouncedRest);
        Assert.Equal(ReplyStatus.Complete, scanner.Scan(":1\r\n"u8, out _));
    }

    [Fact]
    public void Announcements_up_to_the_longest_are_believed_and_cost_nothing()
    {
        var scanner = new ReplyScanner();
        long before = GC.GetAllocatedBytesForCurrentThread();

        ReplyStatus bulk = scanner.Scan("$9223372036854775807\r\nx"u8, out _);
        long announced = scanner.AnnouncedRest;
        scanner.Reset();
        ReplyStatus array = scanner.Scan("*9223372036854775807\r\n:1\r\n"u8, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(ReplyStatus.Incomplete, bulk);
        Assert.Equal(long.MaxValue, announced);
        Assert.Equal(ReplyStatus.Incomplete, array);
    }

    [Fact]
    public void Errors_of_any_length_pass()
    {
        byte[] reply = Bytes("-ERR " + new string('x', 1 << 20) + "\r\n");

        Assert.Equal(ReplyStatus.Complete, new ReplyScanner().Scan(reply, out int consumed));
        Assert.Equal(reply.Length, consumed);
    }

    [Theory]
    [InlineData('*')]
    [InlineData('~')]
    [InlineData('%')]
    [InlineData('|')]
    public void Nesting_ends_at_128(char aggregate)
    {
        string deepest = string.Concat(Enumerable.Repeat($"{aggregate}1\r\n", ReplyScanner.MaxDepth));
        var scanner = new ReplyScanner();

        Assert.Equal(ReplyStatus.Incomplete, scanner.Scan(Bytes(deepest), out _));
        Assert.Equal(ReplyStatus.Error, scanner.Scan(Bytes($"{aggregate}1\r\n"), out _));

        scanner.Reset();
        string bottom = string.Concat(Enumerable.Repeat("*1\r\n", ReplyScanner.MaxDepth)) + ":1\r\n";
        Assert.Equal(ReplyStatus.Complete, scanner.Scan(Bytes(bottom), out int consumed));
        Assert.Equal(bottom.Length, consumed);
        Assert.Equal(ReplyStatus.Error, new ReplyScanner().Scan(Bytes(string.Concat(Enumerable.Repeat("*1\r\n", 1_000_000))), out _));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\r\n")]
    [InlineData(" +OK\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("*?\r\n")]
    [InlineData(";4\r\n")]
    [InlineData(".\r\n")]
    [InlineData("$\r\n")]
    [InlineData("$03\r\nbar\r\n")]
    [InlineData("$+3\r\nbar\r\n")]
    [InlineData("$ 3\r\nbar\r\n")]
    [InlineData("$-0\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$-01\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*00\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("~-1\r\n")]
    [InlineData("=-1\r\n")]
    [InlineData("!-1\r\n")]
    [InlineData("|-1\r\n")]
    [InlineData(">-1\r\n")]
    [InlineData("$3\rbar\r\n")]
    [InlineData("$3\nbar\r\n")]
    [InlineData("$3\r\nbarx\r\n")]
    [InlineData("$3\r\nbar\rx")]
    [InlineData("$9223372036854775808\r\n")]
    [InlineData("$18446744073709551619\r\n")]
    [InlineData("*9223372036854775808\r\n")]
    [InlineData("%4611686018427387904\r\n")]
    [InlineData("+a\rb\r\n")]
    [InlineData("+a\nb\r\n")]
    [InlineData("-ERR\n\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":a\r\n")]
    [InlineData(":+1\r\n")]
    [InlineData(":01\r\n")]
    [InlineData(":1 \r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData(":-9223372036854775809\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("#\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("#tt\r\n")]
    [InlineData("#t\n")]
    [InlineData(",\r\n")]
    [InlineData(",1 2\r\n")]
    [InlineData("(\r\n")]
    [InlineData("(-\r\n")]
    [InlineData("(1-2\r\n")]
    [InlineData("(1a\r\n")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("*1\r\n>1\r\n+a\r\n")]
    [InlineData("*1\r\nx")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void What_is_not_RESP_is_refused_and_stays_so(string text)
    {
        byte[] stream = Bytes(text);
        var scanner = new ReplyScanner();

        Assert.Equal(ReplyStatus.Error, scanner.Scan(stream, out _));
        Assert.Equal(ReplyStatus.Error, scanner.Scan("+OK\r\n"u8, out int consumed));
        Assert.Equal(0, consumed);
        for (int cut = 0; cut <= stream.Length; cut++) RespFuzz.CheckReplies(stream, [cut]);

        scanner.Reset();
        Assert.Equal(ReplyStatus.Complete, scanner.Scan("+OK\r\n"u8, out _));
    }

    [Theory]
    [InlineData('(')]
    [InlineData(',')]
    public void Numbers_past_64_KB_are_refused(char type)
    {
        Assert.Equal(ReplyStatus.Incomplete, new ReplyScanner().Scan(Bytes(type + new string('1', 64 * 1024)), out _));
        Assert.Equal(ReplyStatus.Error, new ReplyScanner().Scan(Bytes(type + new string('1', 64 * 1024 + 1)), out _));
    }

    [Fact]
    public void Flat_replies_are_scanned_without_allocating()
    {
        byte[] stream = Bytes("*3\r\n$1\r\na\r\n:1\r\n+x\r\n%1\r\n+a\r\n,1.5\r\n$5\r\nhello\r\n+OK\r\n");
        var scanner = new ReplyScanner();
        long before = GC.GetAllocatedBytesForCurrentThread();

        ReadOnlySpan<byte> rest = stream;
        while (!rest.IsEmpty && scanner.Scan(rest, out int consumed) == ReplyStatus.Complete) rest = rest[consumed..];

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(rest.IsEmpty);
    }
}
