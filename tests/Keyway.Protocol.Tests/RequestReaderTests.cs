using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class RequestReaderTests
{
    private readonly RequestReader _reader = new();

    [Fact]
    public void A_request_is_taken_where_it_lies_and_what_follows_is_left_alone()
    {
        byte[] input = Bytes("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n*1\r\n$4\r\nPI");

        Assert.Equal(RequestStatus.Complete, _reader.Read(input));

        Assert.Equal(33, _reader.Consumed);
        Assert.Equal(3, _reader.Count);
        Assert.Equal(3, _reader.DeclaredCount);
        Assert.Equal(33, _reader.KnownLength);
        Assert.False(_reader.IsInline);
        Assert.Equal(["SET", "key", "value"], Contents(_reader.Arguments(input)));
        Assert.Equal("$3\r\nkey\r\n", Text(_reader.Arguments(input).Encoded(1)));
        Assert.Equal("$3\r\nSET\r\n", Text(_reader.Arguments(input).Encoded(0)));
        Assert.Equal("$3\r\nkey\r\n$5\r\nvalue\r\n", Text(_reader.Arguments(input).Encoded(1, 3)));
        Assert.True(_reader.Arguments(input).Encoded(2, 2).IsEmpty);
        Assert.True(_reader.Frame(input).Overlaps(input), "a proper request is not copied");
        Assert.Equal(33, _reader.Frame(input).Length);
    }

    [Fact]
    public void One_reader_serves_request_after_request()
    {
        byte[] input = Bytes("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$12\r\nabcdefghijkl\r\nPING hello\r\n*1\r\n$4\r\nQUIT\r\n");

        var found = new List<string>();
        for (ReadOnlySpan<byte> rest = input; !rest.IsEmpty; rest = rest[_reader.Consumed..])
        {
            Assert.Equal(RequestStatus.Complete, _reader.Read(rest));
            found.Add(string.Join(' ', Contents(_reader.Arguments(rest))));
        }

        Assert.Equal(["PING", "GET abcdefghijkl", "PING hello", "QUIT"], found);
    }

    [Fact]
    public void A_half_received_request_goes_on_where_it_stopped_although_its_bytes_have_moved()
    {
        byte[] input = Bytes("*2\r\n$4\r\nECHO\r\n$10\r\n0123456789\r\n");

        Assert.Equal(RequestStatus.Incomplete, _reader.Read(input.AsSpan(0, 16).ToArray()));
        Assert.Equal(1, _reader.Count);
        Assert.Equal(["ECHO"], Contents(_reader.Arguments(input)));
        Assert.Equal(RequestStatus.Incomplete, _reader.Read(input.AsSpan(0, 21).ToArray()));
        Assert.Equal(RequestStatus.Complete, _reader.Read(input));
        Assert.Equal(["ECHO", "0123456789"], Contents(_reader.Arguments(input)));
    }

    [Fact]
    public void Nothing_received_is_an_incomplete_request()
    {
        Assert.Equal(RequestStatus.Incomplete, _reader.Read([]));
        Assert.Equal(0, _reader.KnownLength);
        Assert.Equal(-1, _reader.DeclaredCount);
        Assert.Equal(RequestStatus.Complete, _reader.Read("*1\r\n$4\r\nPING\r\n"u8));
    }

    [Fact]
    public void A_large_request_is_known_by_its_header()
    {
        Assert.Equal(RequestStatus.Incomplete, _reader.Read("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000000\r\nabc"u8));

        Assert.Equal(20 + 12 + 100000000 + 2, _reader.KnownLength);
        Assert.Equal(2, _reader.Count);
        Assert.Equal(3, _reader.DeclaredCount);
    }

    [Theory]
    [InlineData("*0\r\n", 4)]
    [InlineData("*-1\r\n", 5)]
    [InlineData("*-10\r\n", 6)]
    [InlineData("*-9223372036854775808\r\n", 23)]
    [InlineData("\r\n", 2)]
    [InlineData("\n", 1)]
    [InlineData(" \t\v\f\r\r\n", 7)]
    public void Requests_for_nothing_are_stepped_over(string nothing, int length)
    {
        byte[] input = Bytes(nothing + "*1\r\n$4\r\nPING\r\n");

        Assert.Equal(RequestStatus.Empty, _reader.Read(input));
        Assert.Equal(length, _reader.Consumed);
        Assert.Equal(RequestStatus.Complete, _reader.Read(input.AsSpan(length)));
    }

    [Theory]
    [InlineData("*2147483647\r\n")]
    [InlineData("*1048577\r\n")]
    [InlineData("*1\r\n$536870912\r\n")]
    public void An_announcement_allocates_nothing(string announcement)
    {
        byte[] input = Bytes(announcement);
        _reader.Read("PING\r\n"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();

        RequestStatus status = _reader.Read(input);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(RequestStatus.Incomplete, status);
    }

    [Fact]
    public void Many_arguments_are_held_and_their_room_is_given_back()
    {
        const int count = 100_000;
        byte[] input = Bytes($"*{count}\r\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"${i.ToString().Length}\r\n{i}\r\n")));

        Assert.Equal(RequestStatus.Complete, _reader.Read(input));
        Assert.Equal("99999", Text(_reader.Arguments(input)[count - 1]));
        Assert.True(_reader.ArgumentCapacity >= count);

        _reader.Read("*1\r\n$4\r\nPING\r\n"u8);
        Assert.True(_reader.ArgumentCapacity <= 1024);
    }

    [Fact]
    public void Whole_requests_are_read_without_allocating()
    {
        byte[] input = Bytes("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
        _reader.Read(input);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++) _reader.Read(input);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Redis looks for the CR only, and steps over two bytes behind an argument whatever they are.
    [Theory]
    [InlineData("*1\rX$4\rYPINGab")]
    [InlineData("*1\r\n$4\r\nPINGXX")]
    [InlineData("*1\r\r$4\r\rPING\n\r")]
    public void A_carelessly_framed_request_counts_and_is_passed_on_in_proper_form(string careless)
    {
        byte[] input = Bytes(careless + "*1\r\n");

        Assert.Equal(RequestStatus.Complete, _reader.Read(input));

        Assert.Equal(careless.Length, _reader.Consumed);
        Assert.False(_reader.IsCanonical);
        Assert.Equal(["PING"], Contents(_reader.Arguments(input)));
        Assert.Equal("*1\r\n$4\r\nPING\r\n", Text(_reader.Frame(input)));
        Assert.Equal("$4\r\nPING\r\n", Text(_reader.Arguments(input).Encoded(0)));
    }

    [Fact]
    public void A_reader_that_was_reset_in_mid_request_starts_afresh()
    {
        foreach (string half in new[] { "*", "*3\r", "*3\r\n$", "*3\r\n$3\r\nSE", "PI", "*1\rX$4\r\nP", "P\0" })
        {
            Assert.Equal(RequestStatus.Incomplete, _reader.Read(Bytes(half)));
            _reader.Reset();
            Assert.Equal(RequestStatus.Complete, _reader.Read("*1\r\n$4\r\nPING\r\n"u8));
            Assert.True(_reader.IsCanonical);
            Assert.Equal(14, _reader.Consumed);
        }
    }

    [Fact]
    public void Arguments_can_be_laid_over_any_bytes()
    {
        var arguments = new Arguments("*2\r\n$1\r\na\r\n$2\r\nbc\r\n"u8, [new ArgumentRange(8, 1), new ArgumentRange(15, 2)], 4);

        Assert.Equal(["a", "bc"], Contents(arguments));
        Assert.Equal("$2\r\nbc\r\n", Text(arguments.Encoded(1)));
        Assert.Equal(["bc"], Contents(arguments.From(1)));
        Assert.Equal("$2\r\nbc\r\n", Text(arguments.From(1).Encoded(0)));
        Assert.Equal("$1\r\na\r\n", Text(arguments.From(0).Encoded(0)));
        Assert.Equal(0, arguments.From(2).Count);
    }

    [Fact]
    public void The_longest_configurable_value_can_be_announced()
    {
        _reader.Limits = RequestLimits.Default with { MaxBulkLength = long.MaxValue };

        Assert.Equal(RequestStatus.Incomplete, _reader.Read("*1\r\n$1152921504606846976\r\n"u8));
        Assert.Equal((1L << 60) + 28, _reader.KnownLength);
        Assert.Equal((1L << 60) + 2, _reader.DetachTail().AnnouncedRest);
    }
}
