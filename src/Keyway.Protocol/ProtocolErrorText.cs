namespace Keyway.Protocol;

/// <summary>The words that clients get, those of Redis to the byte.</summary>
internal static class ProtocolErrorText
{
    /// <param name="got">The byte that stood where a <c>$</c> was expected.</param>
    public static ReadOnlySpan<byte> For(ProtocolError error, byte got) => error switch
    {
        ProtocolError.CountLineTooLong => "ERR Protocol error: too big mbulk count string"u8,
        ProtocolError.BulkLineTooLong => "ERR Protocol error: too big bulk count string"u8,
        ProtocolError.InlineTooLong => "ERR Protocol error: too big inline request"u8,
        ProtocolError.InvalidCount => "ERR Protocol error: invalid multibulk length"u8,
        ProtocolError.InvalidBulkLength => "ERR Protocol error: invalid bulk length"u8,
        ProtocolError.UnauthenticatedCount => "ERR Protocol error: unauthenticated multibulk length"u8,
        ProtocolError.UnauthenticatedBulkLength => "ERR Protocol error: unauthenticated bulk length"u8,
        ProtocolError.ExpectedBulk => ExpectedBulk(got),
        ProtocolError.UnbalancedQuotes => "ERR Protocol error: unbalanced quotes in request"u8,

        // Ours alone: Redis steps over whatever two bytes end an argument, but see RequestTail.
        ProtocolError.MissingLineEnd => "ERR Protocol error: expected CRLF in a large request"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> ExpectedBulk(byte got)
    {
        byte[] text = "ERR Protocol error: expected '$', got 'x'"u8.ToArray();

        // Any byte is shown as it came, but a line break would end the error reply early.
        text[^2] = got is (byte)'\r' or (byte)'\n' ? (byte)' ' : got;
        return text;
    }
}
