using System.Text;
using System.Text.Json;
using Keyway.Logging;
using Microsoft.Extensions.Logging;

namespace Keyway.Tests.Logging;

public sealed partial class LogOutputTests
{
    private static readonly FixedTime Time = new(new DateTimeOffset(2026, 11, 20, 7, 40, 8, 123, TimeSpan.Zero));

    [Fact]
    public void Text_lines_say_when_how_bad_who_and_what()
    {
        string line = Logged(LogFormat.Text, log => log.LogWarning("Shard {Shard} is down after {Failures} failures", "s1", 3));
        Assert.Equal("2026-11-20 07:40:08.123 warn  gateway: Shard s1 is down after 3 failures\n", line);
    }

    [Fact]
    public void Redis_lines_have_the_form_that_tools_parse()
    {
        string opening = $"{Environment.ProcessId}:M 20 Nov 2026 07:40:08.123";
        string lines = Logged(LogFormat.Redis, log =>
        {
            log.LogInformation("Ready to accept connections");
            log.LogWarning("Look");
            log.LogDebug("Connected");
            log.LogTrace("Tick");
        });
        Assert.Equal($"{opening} * Ready to accept connections\n{opening} # Look\n{opening} - Connected\n{opening} . Tick\n", lines);
    }

    [Fact]
    public void Json_lines_keep_the_values_apart()
    {
        string line = Logged(LogFormat.Json, log => log.Log(LogLevel.Warning, new EventId(2002), "Shard {Shard} has \"{What}\"", "s1", "x\ny"));
        using JsonDocument json = JsonDocument.Parse(line);
        Assert.Equal("2026-11-20T07:40:08.123Z", json.RootElement.GetProperty("time").GetString());
        Assert.Equal("Warning", json.RootElement.GetProperty("level").GetString());
        Assert.Equal("gateway", json.RootElement.GetProperty("logger").GetString());
        Assert.Equal(2002, json.RootElement.GetProperty("id").GetInt32());
        Assert.Equal("Shard s1 has \"x\\ny\"", json.RootElement.GetProperty("message").GetString());
        Assert.Equal("s1", json.RootElement.GetProperty("Shard").GetString());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two\r\nlines", @"two\r\nlines")]
    [InlineData("\x1b[2Jcleared\a", @"\x1b[2Jcleared\x07")]
    [InlineData("\x7f\x85", @"\x7f\x85")]
    [InlineData("right-to-left \u202e end", @"right-to-left \u202e end")]
    [InlineData("whole \ud83d\ude00 pair, ümlaut", "whole \ud83d\ude00 pair, ümlaut")]
    public void What_a_peer_sent_cannot_draw_on_a_terminal_or_forge_a_line(string sent, string shown)
    {
        Assert.EndsWith($"client said {shown}\n", Logged(LogFormat.Text, log => log.LogWarning("client said {Text}", sent)));
    }

    [Fact]
    public void Half_a_pair_of_characters_is_written_as_a_number() =>
        Assert.EndsWith("half \\ud83d pair\n", Logged(LogFormat.Text, log => log.LogWarning("half {Half} pair", '\ud83d'.ToString())));

    [Fact]
    public void A_value_may_stand_in_a_message_twice_and_in_any_order() =>
        Assert.EndsWith("one two one {x}\n", Logged(LogFormat.Text, log => Twice(log, "two", "one")));

    [LoggerMessage(9001, LogLevel.Warning, "{First} {Second} {First} {{x}}")]
    private static partial void Twice(ILogger log, string second, string first);

    [Fact]
    public void A_long_value_is_cut_to_256_bytes()
    {
        string line = Logged(LogFormat.Text, log => log.LogWarning("<{Text}>", new string('é', 1000)));
        string value = line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
        Assert.InRange(Encoding.UTF8.GetByteCount(value), 250, 256);
        Assert.EndsWith("...", value);
    }

    [Fact]
    public void An_exception_is_told_line_by_line_and_escaped()
    {
        string lines = Logged(LogFormat.Text, log => log.LogError(new InvalidOperationException("peer sent \x1b[1m"), "A bug"));
        Assert.Equal("2026-11-20 07:40:08.123 error gateway: A bug\n    System.InvalidOperationException: peer sent \\x1b[1m\n", lines);
    }

    [Fact]
    public void What_the_output_cannot_take_is_counted_and_told_while_those_who_log_never_wait()
    {
        using var slow = new BlockedStream();
        using (var queue = new LogQueue(slow, count => $"dropped {count}\n", capacity: 3))
        {
            queue.Write("first\n");
            slow.WaitUntilWriting();
            for (int i = 0; i < 5; i++) queue.Write($"{i}\n");   // returns although nothing is being taken
            slow.Open();
        }

        Assert.Equal("first\n0\n1\n2\ndropped 2\n", slow.Text);
    }

    [Fact]
    public void An_output_that_is_closed_stops_nobody()
    {
        var gone = new BlockedStream { IsBroken = true };
        gone.Open();
        using (var queue = new LogQueue(gone, _ => ""))
        {
            queue.Write("first\n");
            queue.Write("second\n");
        }

        Assert.Equal("", gone.Text);
    }

    private static string Logged(LogFormat format, Action<ILogger> write)
    {
        var output = new MemoryStream();
        using (var log = new LogOutput(format, output, Time, lowest: LogLevel.Trace)) write(log.CreateLogger("Keyway.gateway"));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _writing = new();
        private readonly ManualResetEventSlim _open = new();

        public bool IsBroken { get; init; }

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void Open() => _open.Set();

        public void WaitUntilWriting() => _writing.Wait();

        public override void Write(byte[] buffer, int offset, int count)
        {
            _writing.Set();
            _open.Wait();
            if (IsBroken) throw new IOException("Broken pipe");
            base.Write(buffer, offset, count);
        }
    }
}
