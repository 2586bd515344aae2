using System.Globalization;
using System.Net.Sockets;
using Keyway.Testing;
using Keyway.Testing.RealServers;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

/// <summary>A real server is the judge: what it accepts, refuses and prints, to the byte.</summary>
public sealed class RedisComparisonTests
{
    private static readonly string[] Streams =
    [
        "*1\rX$4\rYPINGab", "*1\r\n$4\r\nPINGXX*1\r\n$4\r\nPING\r\n", "*1\r\nx\r\n", "*1\r\n\r\n", "*1\r\n\n\r\n", "*1\r\n\u0001\r\n",
        "*1\r\n\u00ff\r\n",
        "*1\r\n\0\r\n", "*1\r\nPING", "*1\r\nP\r", "*1\0\r\nPING\r\n", "*\r\n", "*-0\r\n", "*-1\r\nPING\r\n",
        "*0\r\n*-10\r\n*1\r\n$4\r\nPING\r\n", "*+1\r\n", "*01\r\n",
        "* 1\r\n", "*1 \r\n", "*2147483647\r\n", "*2147483648\r\n", "*9223372036854775808\r\n", "*-9223372036854775808\r\nPING\r\n",
        "*-9223372036854775809\r\nPING\r\n",
        "*1\r\n$-1\r\n", "*1\r\n$-0\r\n", "*1\r\n$04\r\nPING\r\n", "*1\r\n$\r\n", "*1\r\n$0\r\n\r\nPING\r\n", "*1\r\n$536870912\r\n",
        "*1\r\n$536870913\r\n",
        "*1\r\n$18446744073709551619\r\n", "*1\n$4\nPING\n", "\r\n\n  \r\n\t\v\f\nPING\r\n", "PING\n",
        "ECHO \"a\\x41\\n\\r\\t\\b\\a\\q\\\"\"\r\n", "ECHO 'a\\'b\\n\\\\'\r\n",
        "ECHO 'a\\'b\\n\\\\ '\r\n", "ECHO \"a\"b\r\n", "ECHO \"a\r\n", "ECHO '\r\n", "ECHO a\"b\"\r\n", "ECHO a\"b\" c\r\n",
        "ECHO a\vb\r\n", "ECHO \"a\"\v\r\n", "ECHO \va\r\n",
        "ECHO \"x\\x4\"\r\n", "ECHO \"x\\\"\r\n", "ECHO \"x\\\r\n", "ECHO a\rb\r\n", "ECHO \"\"\r\n", "ECHO ''\r\n", "ECHO a\\nb\r\n",
        "PING\0\r\nPING\r\n", "PING \u00ff\u00a0\r\n",
        "ECHO \"\\x0\"\r\n", "\"PING\"\r\n", "PING\r\r\n", "PING\n\r\nPING\r\n", "ECHO 'a'\"b\"\r\n", "ECHO \"a\" \r\n", "PING \"\"\0\n",
        "\0PING\r\n", "\u0016\u0003\u0001\0\n",
        "*2\r\n$4\r\nECHO\r\n$3\r\na\r\nxx", "*1\r\r$4\r\rPING\n\r*1\r\n$4\r\nPING\r\n", "$4\r\nPING\r\n", "ECHO \"\\xfF\"\r\n",
        "ECHO \"\\xF\\xg0\"\r\n",
    ];

    [Fact]
    public void Requests_end_and_fail_where_they_do_in_Redis()
    {
        using RedisServer redis = StartOrSkip();
        foreach (string stream in Streams) CompareStream(redis, Bytes(stream), RequestLimits.Default);
    }

    [Fact]
    public void Damaged_requests_end_and_fail_where_they_do_in_Redis()
    {
        using RedisServer redis = StartOrSkip();
        for (int seed = 0; seed < 400; seed++)
        {
            var fuzz = new RespFuzz(seed);
            CompareStream(redis, fuzz.Mutate(fuzz.NextRequests()), RequestLimits.Default);
        }
    }

    [Fact]
    public void Strangers_are_refused_where_Redis_refuses_them()
    {
        using RedisServer redis = StartOrSkip("--requirepass", "secret");
        string[] streams =
        [
            "*10\r\n", "*11\r\n", "*2147483648\r\n", "*1\r\n$16384\r\n", "*1\r\n$16385\r\n", "*1\r\n$536870912\r\n", "*1\r\n$536870913\r\n",
            "PING\r\n", "a b c\r\n",
        ];
        foreach (string stream in streams) CompareStream(redis, Bytes(stream), RequestLimits.Unauthenticated);
    }

    [Theory]
    [InlineData("*", '1')]
    [InlineData("*1\r\n$", '1')]
    [InlineData("a", 'a')]
    [InlineData("*1\r\n$1\0", 'x')]
    public void Endless_lines_are_refused_with_the_words_of_Redis(string start, char filler)
    {
        using RedisServer redis = StartOrSkip();
        int lineStart = start.LastIndexOf('\n') + 1;
        CompareStream(redis, Bytes(start + new string(filler, 64 * 1024 + lineStart - start.Length)), RequestLimits.Default);
        CompareStream(redis, Bytes(start + new string(filler, 64 * 1024 + lineStart - start.Length + 1)), RequestLimits.Default);
    }

    [Fact]
    public void Doubles_are_printed_as_Redis_prints_them()
    {
        using RedisServer redis = StartOrSkip("--zset-max-listpack-entries", "0");
        using RespClient resp2 = redis.Connect();
        using RespClient resp3 = redis.Connect();
        resp3.Call("HELLO", "3");
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            double value = NextDouble(random, i);
            byte[] text = new byte[RespNumber.MaxDoubleLength];
            int length = RespNumber.FormatDouble(text, value);
            resp2.Send("ZADD"u8.ToArray(), "z"u8.ToArray(), text[..length], "m"u8.ToArray());
            resp2.ReadRaw();
            foreach (RespClient client in new[] { resp2, resp3 })
            {
                var buffer = new ReplyBuffer(new BufferPool(0));
                buffer.WriteDouble(value, resp3: client == resp3);
                client.Send("ZSCORE", "z", "m");
                Assert.Equal(client.ReadRawText(), Text(buffer));
            }
        }
    }

    [Fact]
    public void Doubles_are_read_as_Redis_reads_them()
    {
        using RedisServer redis = StartOrSkip("--zset-max-listpack-entries", "0");     // a listpack would keep -0 as 0
        using RespClient client = redis.Connect();
        var random = new Random(4);
        const string alphabet = "0123456789000.eE+-xXpPabINFinf ";
        string[] fixedTexts =
        [
            "", "0", "-0", "+0", "007", ".5", "5.", ".", "1e5", "1e", "1e+", "1e400", "1e-400", "1e-320", "0e-99999999999", "inf", "-INF",
            "+infinity", "infinit", "nan", "NAN", "nan()",
            "0x10", "0x", "0x.", "0x.8", "0x1p-1074", "0x1p-1075", "0x1p-1076", "0x1.8p-1075", "0x1p1024", "0x1.fffffffffffff8p1023",
            "0x1.fffffffffffff7p1023", "0x1p99999999999",
            "0x10000000000000801", "0x10000000000000800", "0x0p1", "0x0p99999999999", "1\0", " 1", "1 ", "1_0", "1,5", "0x1.p1", "0x1..p1",
            "9007199254740993", "9007199254740992.99999999999",
            "2.2250738585072011e-308", "1.7976931348623158e308", "1.7976931348623159e308", "2.4703282292062327e-324",
            "2.4703282292062328e-324", "00000000000000000000000000000000000001",
            new string('9', 400), "0." + new string('0', 400) + "1e401", "1" + new string('0', 400) + "e-400",
        ];
        for (int i = 0; i < fixedTexts.Length + 4000; i++)
        {
            string text = i < fixedTexts.Length ? fixedTexts[i] : NextText(random, alphabet);
            client.Call("DEL", "z");    // a score that only changes its sign, 0 to -0, would not be updated
            client.Send("ZADD", "z", text, "m");
            bool accepted = client.ReadRawText()[0] == ':';
            Assert.True(accepted == RespNumber.TryParseDouble(Bytes(text), out double value), $"Redis and we differ about '{text}'");
            if (!accepted) continue;

            var buffer = new ReplyBuffer(new BufferPool(0));
            buffer.WriteDouble(value, resp3: false);
            client.Send("ZSCORE", "z", "m");
            Assert.Equal((text, client.ReadRawText()), (text, Text(buffer)));
        }
    }

    [Fact]
    public void Integers_are_read_as_Redis_reads_them()
    {
        using RedisServer redis = StartOrSkip();
        using RespClient client = redis.Connect();
        var random = new Random(5);
        string[] fixedTexts =
        [
            "", "0", "-0", "+0", "01", "-", "--1", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "-9223372036854775809",
            "18446744073709551615", "18446744073709551616", "100000000000000000000", " 1", "1 ", "1\0", "1.0",
        ];
        for (int i = 0; i < fixedTexts.Length + 2000; i++)
        {
            string text = i < fixedTexts.Length ? fixedTexts[i] : NextText(random, "00123456789-+ ");
            client.Send("SET", "n", "0");
            client.ReadRaw();
            client.Send("INCRBY", "n", text);
            string reply = client.ReadRawText();
            bool accepted = reply[0] == ':';
            Assert.True(accepted == RespNumber.TryParseLong(Bytes(text), out long value), $"Redis and we differ about '{text}'");
            if (accepted) Assert.Equal($":{value.ToString(CultureInfo.InvariantCulture)}\r\n", reply);
        }
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void Every_reply_of_a_server_is_scanned_to_its_end(string version)
    {
        using RedisServer redis = StartOrSkip();
        using RespClient client = redis.Connect();
        string[][] calls =
        [
            ["HELLO", version], ["SET", "s", "v"], ["GET", "s"], ["GET", "none"], ["INCR", "n"], ["HSET", "h", "a", "1", "b", "2"],
            ["HGETALL", "h"], ["RPUSH", "l", "a", "b"],
            ["LRANGE", "l", "0", "-1"], ["LPOP", "none", "2"], ["SADD", "set", "a", "b"], ["SMEMBERS", "set"], ["ZADD", "z", "1.5", "m"],
            ["ZSCORE", "z", "m"], ["ZRANGE", "z", "0", "-1", "WITHSCORES"],
            ["XADD", "x", "1-1", "f", "v"], ["XRANGE", "x", "-", "+"], ["XREAD", "STREAMS", "x", "0"], ["XINFO", "STREAM", "x", "FULL"],
            ["INFO"], ["COMMAND"], ["COMMAND", "DOCS"], ["CLIENT", "LIST"],
            ["CONFIG", "GET", "*"], ["MEMORY", "STATS"], ["LATENCY", "DOCTOR"], ["nosuch"], ["MULTI"], ["GET", "s"], ["INCR", "s"],
            ["EXEC"], ["DEBUG", "PROTOCOL", "attrib"], ["DEBUG", "PROTOCOL", "push"],
            ["DEBUG", "PROTOCOL", "bignum"], ["DEBUG", "PROTOCOL", "verbatim"], ["DEBUG", "PROTOCOL", "double"],
            ["DEBUG", "PROTOCOL", "null"], ["DEBUG", "PROTOCOL", "true"], ["DEBUG", "PROTOCOL", "map"],
            ["DEBUG", "PROTOCOL", "set"], ["DEBUG", "PROTOCOL", "array"], ["DEBUG", "PROTOCOL", "integer"],
            ["DEBUG", "PROTOCOL", "string"], ["EVAL", "return {1,{2,{3,'x'}},false}", "0"], ["SUBSCRIBE", "ch"],
        ];
        foreach (string[] call in calls)
        {
            client.Send(call);
            byte[] reply = client.ReadRaw();
            var scanner = new ReplyScanner();
            Assert.True(scanner.Scan(reply, out int consumed) == ReplyStatus.Complete, $"{string.Join(' ', call)} is answered {Text(reply)}");
            Assert.Equal(reply.Length, consumed);
            RespFuzz.CheckReplies(reply, [reply.Length / 3, reply.Length / 2]);
        }
    }

    /// <summary>The same connection input, once as it is and once as the reader understands it, must be answered alike.</summary>
    private static void CompareStream(RedisServer redis, byte[] stream, RequestLimits limits)
    {
        var reader = new RequestReader { Limits = limits };
        using var understood = new MemoryStream();
        RequestStatus status;
        ReadOnlySpan<byte> rest = stream;
        while ((status = reader.Read(rest)) is RequestStatus.Complete or RequestStatus.Empty)
        {
            if (status == RequestStatus.Complete) understood.Write(reader.Frame(rest));
            rest = rest[reader.Consumed..];
        }

        string expected = Answer(redis, stream);
        string found = Answer(redis, understood.ToArray()) + (status == RequestStatus.Error ? $"-{Text(reader.Error)}\r\n" : "");
        Assert.Equal((Text(stream), expected), (Text(stream), found));
    }

    private static string Answer(RedisServer redis, byte[] stream)
    {
        using RespClient client = redis.Connect();
        client.SendRaw(stream);
        try
        {
            client.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has closed already, and its answer waits to be read.
        }

        using var answer = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int received; (received = client.Socket.Receive(buffer)) > 0;) answer.Write(buffer, 0, received);
        return Text(answer.ToArray());
    }

    private static double NextDouble(Random random, int kind) => (kind % 6) switch
    {
        0 => NotNan(BitConverter.Int64BitsToDouble(random.NextInt64())),
        1 => random.Next(-1000, 1000) / 10.0,
        2 => Math.Pow(10, random.Next(-320, 309)) * random.NextDouble(),
        3 => Math.ScaleB(random.Next(1, 1 << 20), random.Next(-60, 60)),      // short binary fractions are ties in decimal
        4 => random.NextInt64(),
        _ => 1 + Math.ScaleB(random.Next(1, 1024), -random.Next(10, 25)),
    };

    private static double NotNan(double value) => double.IsNaN(value) ? 0.5 : value;

    private static string NextText(Random random, string alphabet)
    {
        char[] text = new char[random.Next(1, 12)];
        for (int i = 0; i < text.Length; i++) text[i] = alphabet[random.Next(alphabet.Length)];
        string prefix = alphabet.Contains('x') && random.Next(4) == 0 ? "0x" : "";
        return prefix + new string(text);
    }

    private static RedisServer StartOrSkip(params string[] arguments)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        return RedisServer.Start(["--enable-debug-command", "yes", .. arguments]);
    }
}
