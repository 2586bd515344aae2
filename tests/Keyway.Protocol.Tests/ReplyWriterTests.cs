using FsCheck;
using FsCheck.Fluent;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class ReplyWriterTests
{
    [Fact]
    public void Replies_have_the_bytes_that_Redis_gives_them()
    {
        Assert.Equal("+OK\r\n", Written(b => b.WriteOk()));
        Assert.Equal("+PONG\r\n", Written(b => b.WriteSimple("PONG"u8)));
        Assert.Equal("-ERR syntax error\r\n", Written(b => b.WriteError("ERR syntax error")));
        Assert.Equal("-ERR a  b  c\r\n", Written(b => b.WriteError("ERR a\r\nb\n\rc"u8)));
        Assert.Equal("-ERR a \r\n", Written(b => b.WriteError("ERR a\n"u8)));
        Assert.Equal(":0\r\n", Written(b => b.WriteInteger(0)));
        Assert.Equal(":9\r\n", Written(b => b.WriteInteger(9)));
        Assert.Equal(":10\r\n", Written(b => b.WriteInteger(10)));
        Assert.Equal(":-1\r\n", Written(b => b.WriteInteger(-1)));
        Assert.Equal(":-9223372036854775808\r\n", Written(b => b.WriteInteger(long.MinValue)));
        Assert.Equal("$0\r\n\r\n", Written(b => b.WriteBulk([])));
        Assert.Equal("$3\r\nb\r\n\r\n", Written(b => b.WriteBulk("b\r\n"u8)));
        Assert.Equal("$2\r\n\u00c3\u00a9\r\n", Written(b => b.WriteBulk("é")));
        Assert.Equal("*0\r\n*12\r\n", Written(b => { b.WriteArray(0); b.WriteArray(12); }));
    }

    [Fact]
    public void Types_that_RESP2_lacks_take_the_shape_that_Redis_gives_them()
    {
        Assert.Equal("$-1\r\n_\r\n", Both((b, resp3) => b.WriteNull(resp3)));
        Assert.Equal("*-1\r\n_\r\n", Both((b, resp3) => b.WriteNullArray(resp3)));
        Assert.Equal("*6\r\n%3\r\n", Both((b, resp3) => b.WriteMap(3, resp3)));
        Assert.Equal("*3\r\n~3\r\n", Both((b, resp3) => b.WriteSet(3, resp3)));
        Assert.Equal("*3\r\n>3\r\n", Both((b, resp3) => b.WritePush(3, resp3)));
        Assert.Equal(":1\r\n#t\r\n", Both((b, resp3) => b.WriteBool(true, resp3)));
        Assert.Equal(":0\r\n#f\r\n", Both((b, resp3) => b.WriteBool(false, resp3)));
        Assert.Equal("$3\r\n2.5\r\n,2.5\r\n", Both((b, resp3) => b.WriteDouble(2.5, resp3)));
        Assert.Equal("$4\r\n-inf\r\n,-inf\r\n", Both((b, resp3) => b.WriteDouble(double.NegativeInfinity, resp3)));
        Assert.Equal("$3\r\nabc\r\n=7\r\ntxt:abc\r\n", Both((b, resp3) => b.WriteVerbatim("abc"u8, resp3)));
        Assert.Equal("$5\r\n-1234\r\n(-1234\r\n", Both((b, resp3) => b.WriteBigNumber("-1234"u8, resp3)));
    }

    [Fact]
    public void What_is_written_is_scanned_as_one_reply() =>
        Prop.ForAll<byte[], long, double>((bytes, number, real) =>
        {
            bytes ??= [];
            foreach (bool resp3 in new[] { false, true })
            {
                string text = Written(b =>
                {
                    b.WriteMap(4, resp3);
                    b.WriteBulk(bytes);
                    b.WriteInteger(number);
                    b.WriteDouble(real, resp3);
                    b.WriteError(bytes);
                    b.WriteVerbatim(bytes, resp3);
                    b.WriteNullArray(resp3);
                    b.WriteBool(number > 0, resp3);
                    b.WriteSet(1, resp3);
                    b.WriteBigNumber("12"u8, resp3);
                });
                var scanner = new ReplyScanner();
                Assert.Equal(ReplyStatus.Complete, scanner.Scan(Bytes(text), out int consumed));
                Assert.Equal(text.Length, consumed);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(4096)]
    [InlineData(300_000)]
    public void Bulks_of_every_size_are_whole(int length)
    {
        string value = new('v', length);
        Assert.Equal($"${length}\r\n{value}\r\n${length}\r\n{value}\r\n", Written(b => { b.WriteBulk(Bytes(value)); b.WriteBulk(value); }));
    }

    [Fact]
    public void Small_replies_are_written_without_allocating()
    {
        var buffer = new ReplyBuffer(new BufferPool(1 << 20));
        Write();       // the first use of a class may make its tables
        long before = GC.GetAllocatedBytesForCurrentThread();

        Write();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write()
        {
            buffer.WriteOk();
            buffer.WriteBulk("value"u8);
            buffer.WriteInteger(12345);
            buffer.WriteDouble(3.1, resp3: true);
            buffer.WriteError("ERR no"u8);
            buffer.WriteNull(resp3: false);
        }
    }

    private static string Written(Action<ReplyBuffer> write)
    {
        var buffer = new ReplyBuffer(new BufferPool(1 << 20, poison: true));
        write(buffer);
        return Text(buffer);
    }

    private static string Both(Action<ReplyBuffer, bool> write) => Written(b => write(b, false)) + Written(b => write(b, true));
}
