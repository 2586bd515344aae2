using System.Buffers;

namespace Keyway.Shard.Monitoring;

/// <summary>Bytes in quotes, as redis-cli could read them back: what does not print is written as \n, \t … or \x00.</summary>
internal static class QuotedText
{
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        const int Widest = 4;
        target.Write("\""u8);
        while (!text.IsEmpty)
        {
            Span<byte> span = target.GetSpan(Widest);
            int length = 0;
            int taken = 0;
            for (; taken < text.Length && length + Widest <= span.Length; taken++) length += Write(span[length..], text[taken]);
            target.Advance(length);
            text = text[taken..];
        }

        target.Write("\""u8);
    }

    private static int Write(Span<byte> target, byte b)
    {
        byte escape = b switch
        {
            (byte)'\\' or (byte)'"' => b,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\a' => (byte)'a',
            (byte)'\b' => (byte)'b',
            _ => 0,
        };
        if (escape != 0)
        {
            target[0] = (byte)'\\';
            target[1] = escape;
            return 2;
        }

        if (b is >= (byte)' ' and <= (byte)'~')
        {
            target[0] = b;
            return 1;
        }

        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        target[0] = (byte)'\\';
        target[1] = (byte)'x';
        target[2] = digits[b >> 4];
        target[3] = digits[b & 15];
        return 4;
    }
}
