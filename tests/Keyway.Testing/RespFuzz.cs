using System.Globalization;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Testing;

/// <summary>
/// Byte streams that know what RESP looks like: valid requests and replies, the same with a few bytes damaged, and places to cut them.
/// Everything follows from the seed. The <c>Check…</c> methods throw when the codec sees a stream differently depending on how it
/// was cut, so a fuzz program and a test are one loop around them.
/// </summary>
public sealed class RespFuzz
{
    private const int ByteByByteLimit = 600;

    private static readonly string[] Oddities =
    [
        "*", "$", "\r", "\n", "\r\n", "\0", "-", "+", "*0\r\n", "*-1\r\n", "*1\r\n", "*3\r", "$-1\r\n", "$0\r\n\r\n", "$5\r\n",
        "*2147483647\r\n",
        "*2147483648\r\n", "$536870913\r\n", "$9223372036854775807\r\n", "$9223372036854775808\r\n", "$18446744073709551619\r\n", "*01\r\n",
        "$+1\r\n", "$-0\r\n", "\"", "'", "\\x4", "\\", "%1\r\n", "|1\r\n", ">2\r\n", "~1\r\n", "_\r\n", "#t\r\n", ",inf\r\n", "(12\r\n",
        "=4\r\ntxt:\r\n",
        "!3\r\nERR\r\n", "$?\r\n", "*?\r\n", ";1\r\n", ".\r\n", "|0\r\n", "%4611686018427387904\r\n", "*9223372036854775807\r\n",
    ];

    private readonly Random _random;

    public RespFuzz(int seed) => _random = new Random(seed);

    /// <summary>Requests as clients send them, one behind the other, multibulk or inline; the last may be cut short.</summary>
    public byte[] NextRequests()
    {
        using var stream = new MemoryStream();
        int count = _random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            if (_random.Next(5) == 0) WriteInline(stream);
            else WriteMultibulk(stream);
        }

        return Shorten(stream.ToArray());
    }

    /// <summary>Replies as servers send them, of any type of RESP2 and RESP3, nested; the last may be cut short.</summary>
    public byte[] NextReplies()
    {
        using var stream = new MemoryStream();
        int count = _random.Next(1, 5);
        for (int i = 0; i < count; i++) WriteReply(stream, depth: 0);
        return Shorten(stream.ToArray());
    }

    /// <summary>The stream with some bytes changed, dropped, doubled, or oddities put in.</summary>
    public byte[] Mutate(byte[] stream)
    {
        var bytes = new List<byte>(stream);
        int changes = _random.Next(1, 4);
        for (int i = 0; i < changes; i++)
        {
            int at = _random.Next(bytes.Count + 1);
            int length = Math.Min(_random.Next(1, 6), bytes.Count - at);
            switch (_random.Next(6))
            {
                case 0 when at < bytes.Count: bytes[at] = (byte)_random.Next(256); break;
                case 1 when at < bytes.Count: bytes[at] = (byte)"0123456789*$-\r\n"[_random.Next(15)]; break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default: bytes.InsertRange(at, Encoding.Latin1.GetBytes(Oddities[_random.Next(Oddities.Length)])); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Ascending places at which the stream arrives in pieces.</summary>
    public int[] NextCuts(int length)
    {
        int[] cuts = new int[_random.Next(0, 6)];
        for (int i = 0; i < cuts.Length; i++) cuts[i] = _random.Next(length + 1);
        Array.Sort(cuts);
        return cuts;
    }

    /// <summary>Cuts behind every byte.</summary>
    public static int[] EveryByte(int length)
    {
        int[] cuts = new int[length];
        for (int i = 0; i < length; i++) cuts[i] = i;
        return cuts;
    }

    /// <summary>One round: a stream of each kind, valid or damaged, checked whole against cut.</summary>
    public void CheckNext()
    {
        byte[] requests = NextRequests();
        byte[] replies = NextReplies();
        if (_random.Next(3) > 0)
        {
            requests = Mutate(requests);
            replies = Mutate(replies);
        }

        RequestLimits limits = _random.Next(8) == 0 ? RequestLimits.Unauthenticated : RequestLimits.Default;
        CheckRequests(requests, NextCuts(requests.Length), limits);
        CheckReplies(replies, NextCuts(replies.Length));
    }

    public static void CheckRequests(byte[] stream, int[] cuts, RequestLimits limits)
    {
        string whole = TranscribeRequests(stream, [], limits);
        RequireSame(whole, TranscribeRequests(stream, cuts, limits), stream, cuts);
        if (stream.Length <= ByteByByteLimit)
            RequireSame(whole, TranscribeRequests(stream, EveryByte(stream.Length), limits), stream, EveryByte(stream.Length));
        if (cuts.Length > 0) CheckTail(stream, cuts[0], limits);
    }

    public static void CheckReplies(byte[] stream, int[] cuts)
    {
        string whole = TranscribeReplies(stream, []);
        RequireSame(whole, TranscribeReplies(stream, cuts), stream, cuts);
        if (stream.Length <= ByteByByteLimit)
            RequireSame(whole, TranscribeReplies(stream, EveryByte(stream.Length)), stream, EveryByte(stream.Length));
    }

    /// <summary>What a session sees of a stream: every request's arguments and length, and how it ends. Requests move while they wait.</summary>
    public static string TranscribeRequests(byte[] stream, int[] cuts, RequestLimits limits)
    {
        var transcript = new StringBuilder();
        var reader = new RequestReader { Limits = limits };
        int start = 0;
        for (int piece = 0; piece <= cuts.Length; piece++)
        {
            int received = piece < cuts.Length ? cuts[piece] : stream.Length;
            while (true)
            {
                ReadOnlySpan<byte> input = stream.AsSpan(start, received - start).ToArray();
                RequestStatus status = reader.Read(input);
                if (status == RequestStatus.Incomplete) break;
                if (status == RequestStatus.Error)
                    return transcript.Append($"error at {start}: {Text(reader.Error)}").ToString();

                if (status == RequestStatus.Complete) DescribeRequest(transcript, reader, input);
                transcript.Append(CultureInfo.InvariantCulture, $"{status} {reader.Consumed}\n");
                start += reader.Consumed;
            }
        }

        return transcript.Append($"incomplete at {start}").ToString();
    }

    /// <summary>What a link sees of a stream: every reply's length and kind, and how it ends.</summary>
    public static string TranscribeReplies(byte[] stream, int[] cuts)
    {
        var transcript = new StringBuilder();
        var scanner = new ReplyScanner();
        int position = 0;
        int start = 0;
        for (int piece = 0; piece <= cuts.Length; piece++)
        {
            int received = piece < cuts.Length ? cuts[piece] : stream.Length;
            while (position < received)
            {
                ReplyStatus status = scanner.Scan(stream.AsSpan(position, received - position), out int consumed);
                position += consumed;
                if (status == ReplyStatus.Error) return transcript.Append($"error at {position}").ToString();
                if (status == ReplyStatus.Incomplete) break;

                transcript.Append($"{(char)scanner.Type} {position - start} push {scanner.IsPush} error {scanner.IsErrorReply}\n");
                start = position;
            }
        }

        return transcript.Append($"rest {position - start} in reply {scanner.InReply} announced {scanner.AnnouncedRest}").ToString();
    }

    /// <summary>Hands the first request over to a tail where the stream is cut: it must end or fail where it would have otherwise.</summary>
    public static void CheckTail(byte[] stream, int cut, RequestLimits limits)
    {
        var whole = new RequestReader { Limits = limits };
        RequestStatus expected = whole.Read(stream);
        var reader = new RequestReader { Limits = limits };
        if (reader.Read(stream.AsSpan(0, cut)) != RequestStatus.Incomplete || reader.IsInline || reader.DeclaredCount < 0) return;

        RequestTail tail = reader.DetachTail();
        RequestStatus status = RequestStatus.Incomplete;
        int position = cut;
        for (int step = 1; status == RequestStatus.Incomplete && position < stream.Length; step = step * 2 % 31)
        {
            int end = Math.Min(stream.Length, position + step);
            status = tail.Advance(stream.AsSpan(position, end - position), out int consumed);
            position += consumed;
        }

        bool strictness = status == RequestStatus.Error && Text(tail.Error).EndsWith("expected CRLF in a large request", StringComparison.Ordinal);
        if (strictness && (expected != RequestStatus.Complete || !whole.IsCanonical)) return;

        string atEnd = expected == RequestStatus.Complete ? $" at {whole.Consumed}" : "";
        string found = status == RequestStatus.Complete ? $" at {position}" : "";
        string reason = status == RequestStatus.Error ? Text(tail.Error) : "";
        RequireSame($"{expected}{atEnd} {Text(whole.Error)}", $"{status}{found} {reason}", stream, [cut]);
    }

    private static void DescribeRequest(StringBuilder transcript, RequestReader reader, ReadOnlySpan<byte> input)
    {
        Arguments arguments = reader.Arguments(input);
        ReadOnlySpan<byte> frame = reader.Frame(input);
        for (int i = 0; i < arguments.Count; i++) transcript.Append('[').Append(Text(arguments[i])).Append(']');

        // The frame is what a shard will read: it must say the same, and be put together of the encoded arguments.
        var again = new RequestReader();
        if (again.Read(frame) != RequestStatus.Complete || again.Consumed != frame.Length || again.Count != arguments.Count || !again.IsCanonical)
            throw new InvalidDataException($"the frame is no request: {Text(frame)}");

        Arguments same = again.Arguments(frame);
        int position = Text(frame).IndexOf('\n', StringComparison.Ordinal) + 1;
        for (int i = 0; i < arguments.Count; i++)
        {
            bool encoded = frame[position..].StartsWith(arguments.Encoded(i));
            if (!encoded || !same[i].SequenceEqual(arguments[i])) throw new InvalidDataException($"argument {i} differs in the frame {Text(frame)}");
            position += arguments.Encoded(i).Length;
        }
    }

    private static void RequireSame(string expected, string found, byte[] stream, int[] cuts)
    {
        if (expected == found) return;
        throw new InvalidDataException(
            $"""
            Cut at {string.Join(',', cuts)} the stream {Escape(stream)} reads as
            {found}
            but otherwise as
            {expected}
            """);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Escape(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes) text.Append(b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:x2}");
        return text.ToString();
    }

    private byte[] Shorten(byte[] stream) => _random.Next(4) == 0 ? stream[.._random.Next(stream.Length + 1)] : stream;

    private void WriteMultibulk(MemoryStream stream)
    {
        int count = _random.Next(10) == 0 ? _random.Next(0, 40) : _random.Next(1, 5);
        Write(stream, $"*{count}\r\n");
        for (int i = 0; i < count; i++) WriteBulk(stream, '$', NextContent());
    }

    private void WriteInline(MemoryStream stream)
    {
        string[] words = ["PING", "SET", "key", "\"a b\"", "'c d'", "\"\\x41\\n\"", "  ", "\t", "a\"b\"", "''", "\\", "\"\\\"\"", "\u000b", "\u00ff"];
        int count = _random.Next(0, 6);
        for (int i = 0; i < count; i++) Write(stream, words[_random.Next(words.Length)] + " ");
        Write(stream, _random.Next(2) == 0 ? "\r\n" : "\n");
    }

    private void WriteReply(MemoryStream stream, int depth)
    {
        if (_random.Next(20) == 0)
        {
            int attributes = _random.Next(0, 3);
            Write(stream, $"|{attributes}\r\n");
            for (int i = 0; i < attributes * 2; i++) WriteReply(stream, depth + 1);
        }

        switch (_random.Next(depth > 4 ? 11 : 16))
        {
            case 0: Write(stream, "+OK\r\n"); break;
            case 1: Write(stream, $"+{NextLine()}\r\n"); break;
            case 2: Write(stream, $"-ERR {NextLine()}\r\n"); break;
            case 3: Write(stream, $":{NextInteger()}\r\n"); break;
            case 4: Write(stream, _random.Next(2) == 0 ? "$-1\r\n" : "*-1\r\n"); break;
            case 5: Write(stream, _random.Next(3) switch { 0 => "_\r\n", 1 => "#t\r\n", _ => "#f\r\n" }); break;
            case 6: Write(stream, NextReal()); break;
            case 7: Write(stream, $"(-{NextInteger().TrimStart('-')}000000000000000000000\r\n"); break;
            case 8: WriteBulk(stream, '=', [.. "txt:"u8, .. NextContent()]); break;
            case 9: WriteBulk(stream, '!', [.. "ERR "u8, .. NextContent()]); break;
            case 10: WriteBulk(stream, '$', NextContent()); break;
            case 11: WriteAggregate(stream, '%', depth, elementsPer: 2); break;
            case 12: WriteAggregate(stream, '~', depth, elementsPer: 1); break;
            case 13: WriteAggregate(stream, depth == 0 ? '>' : '*', depth, elementsPer: 1); break;
            default: WriteAggregate(stream, '*', depth, elementsPer: 1); break;
        }
    }

    private void WriteAggregate(MemoryStream stream, char type, int depth, int elementsPer)
    {
        int count = _random.Next(0, 5);
        Write(stream, $"{type}{count}\r\n");
        for (int i = 0; i < count * elementsPer; i++) WriteReply(stream, depth + 1);
    }

    private void WriteBulk(MemoryStream stream, char type, byte[] content)
    {
        Write(stream, $"{type}{content.Length}\r\n");
        stream.Write(content);
        Write(stream, "\r\n");
    }

    private byte[] NextContent()
    {
        if (_random.Next(5) == 0) return Encoding.Latin1.GetBytes(Oddities[_random.Next(Oddities.Length)]);

        byte[] content = new byte[_random.Next(12) == 0 ? _random.Next(0, 1500) : _random.Next(0, 14)];
        _random.NextBytes(content);
        return content;
    }

    private string NextLine()
    {
        char[] line = new char[_random.Next(0, 30)];
        for (int i = 0; i < line.Length; i++) line[i] = (char)_random.Next(0x20, 0x7F);
        return new string(line);
    }

    private string NextReal() => _random.Next(4) switch
    {
        0 => ",inf\r\n",
        1 => ",-nan\r\n",
        2 => ",1.5e-7\r\n",
        _ => $",{_random.NextDouble():R}\r\n",
    };

    private string NextInteger() => (_random.Next(3) switch
    {
        0 => _random.Next(0, 20),
        1 => _random.NextInt64(),
        _ => -_random.NextInt64(1, long.MaxValue),
    }).ToString(CultureInfo.InvariantCulture);

    private static void Write(MemoryStream stream, string text) => stream.Write(Encoding.Latin1.GetBytes(text));
}
