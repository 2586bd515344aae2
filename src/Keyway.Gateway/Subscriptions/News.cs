using Keyway.Protocol;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// One thing that a server said on a link that listens: "*3 message channel text", "*4 pmessage pattern channel text", "*3 subscribe channel 1" and
/// their kin. The names lie in the frame.
/// </summary>
internal readonly ref struct News
{
    public NewsKind What { get; private init; }

    public ChannelKind Kind { get; private init; }

    /// <summary>The channel or pattern as it was subscribed.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Of a message: where it was sent to. The same as the name, unless that is a pattern.</summary>
    public ReadOnlySpan<byte> Channel { get; private init; }

    /// <param name="frame">A whole reply, or, of one that is too long to be kept, its beginning.</param>
    public static News Read(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> rest = frame;
        if (frame.IsEmpty || frame[0] is not ((byte)'*' or (byte)'>') || !TrySkipLine(ref rest)) return default;
        if (!TryReadBulk(ref rest, out ReadOnlySpan<byte> word) || !TryReadBulk(ref rest, out ReadOnlySpan<byte> name)) return default;
        for (var kind = ChannelKind.Channel; kind <= ChannelKind.ShardChannel; kind++)
        {
            if (word.SequenceEqual(ChannelWords.Message(kind)))
            {
                ReadOnlySpan<byte> channel = name;
                if (kind == ChannelKind.Pattern && !TryReadBulk(ref rest, out channel)) return default;
                return new News { What = NewsKind.Message, Kind = kind, Name = name, Channel = channel };
            }
            if (word.SequenceEqual(ChannelWords.Subscribe(kind))) return new News { What = NewsKind.Subscribed, Kind = kind, Name = name };
            if (word.SequenceEqual(ChannelWords.Unsubscribe(kind))) return new News { What = NewsKind.Unsubscribed, Kind = kind, Name = name };
        }
        return default;
    }

    // "$5\r\nhello\r\n"; "$-1\r\n" is no name.
    private static bool TryReadBulk(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> bulk)
    {
        bulk = default;
        if (rest.IsEmpty || rest[0] != '$') return false;
        ReadOnlySpan<byte> header = rest;
        if (!TrySkipLine(ref rest)) return false;
        header = header[1..^(rest.Length + 2)];
        if (!RespNumber.TryParseLong(header, out long length) || length < 0 || length + 2 > rest.Length) return false;
        bulk = rest[..(int)length];
        rest = rest[((int)length + 2)..];
        return true;
    }

    private static bool TrySkipLine(scoped ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf("\r\n"u8);
        if (end < 0) return false;
        rest = rest[(end + 2)..];
        return true;
    }
}
