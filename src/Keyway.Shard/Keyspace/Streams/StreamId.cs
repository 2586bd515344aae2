using System.Buffers.Binary;
using System.Buffers.Text;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>What orders the entries of a stream: a time in ms, and a number among those of the same ms.</summary>
internal readonly record struct StreamId(ulong Milliseconds, ulong Sequence) : IComparable<StreamId>
{
    public const int Bytes = 16;

    /// <summary>Room for every ID as text: "18446744073709551615-18446744073709551615".</summary>
    public const int MaxTextLength = 41;

    private const int LongestText = 127;      // what Redis takes the trouble to read

    public static readonly StreamId Zero = default;
    public static readonly StreamId Max = new(ulong.MaxValue, ulong.MaxValue);

    public bool IsZero => this == default;

    public int CompareTo(StreamId other) =>
        Milliseconds != other.Milliseconds ? Milliseconds.CompareTo(other.Milliseconds) : Sequence.CompareTo(other.Sequence);

    public static bool operator <(StreamId left, StreamId right) => left.CompareTo(right) < 0;

    public static bool operator >(StreamId left, StreamId right) => left.CompareTo(right) > 0;

    public static bool operator <=(StreamId left, StreamId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StreamId left, StreamId right) => left.CompareTo(right) >= 0;

    /// <summary>The next ID; false when this is the last one.</summary>
    public bool TryIncrement(out StreamId next)
    {
        bool isLast = this == Max;      // asked first: the next one may be put in this one's place
        next = Sequence < ulong.MaxValue ? new StreamId(Milliseconds, Sequence + 1) : new StreamId(unchecked(Milliseconds + 1), 0);
        return !isLast;
    }

    /// <summary>The ID before; false when this is the first one.</summary>
    public bool TryDecrement(out StreamId previous)
    {
        bool isFirst = IsZero;
        previous = Sequence > 0 ? new StreamId(Milliseconds, Sequence - 1) : new StreamId(unchecked(Milliseconds - 1), ulong.MaxValue);
        return !isFirst;
    }

    /// <summary>An ID as sixteen bytes that sort as it does.</summary>
    public static StreamId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, Milliseconds);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], Sequence);
    }

    /// <returns>The text's length.</returns>
    public int Format(Span<byte> target)
    {
        Utf8Formatter.TryFormat(Milliseconds, target, out int length);
        target[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Sequence, target[length..], out int sequenceLength);
        return length + sequenceLength;
    }

    /// <summary>"5-1", or "5" with the sequence that is meant where none is given.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, ulong missingSequence, out StreamId id) =>
        TryParse(text, missingSequence, out id, out _, allowsAnySequence: false);

    /// <summary>As XADD takes it: "5-*" too, which leaves the sequence to the stream.</summary>
    public static bool TryParseForAppend(ReadOnlySpan<byte> text, out StreamId id, out bool hasSequence) =>
        TryParse(text, 0, out id, out hasSequence, allowsAnySequence: true);

    /// <summary>As a bound of a range: "-" and "+" too.</summary>
    public static bool TryParseBound(ReadOnlySpan<byte> text, ulong missingSequence, out StreamId id)
    {
        id = text is [(byte)'+'] ? Max : Zero;
        return text is [(byte)'-'] or [(byte)'+'] || TryParse(text, missingSequence, out id);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, ulong missingSequence, out StreamId id, out bool hasSequence, bool allowsAnySequence)
    {
        id = default;
        hasSequence = true;
        if (text.Length > LongestText) return false;

        // Redis reads it as a C string.
        int end = text.IndexOf((byte)0);
        if (end >= 0) text = text[..end];

        int dash = text.IndexOf((byte)'-');
        ReadOnlySpan<byte> first = dash < 0 ? text : text[..dash];
        if (!TryParseNumber(first, out ulong milliseconds)) return false;

        ulong sequence = missingSequence;
        if (dash >= 0)
        {
            ReadOnlySpan<byte> second = text[(dash + 1)..];
            if (allowsAnySequence && second is [(byte)'*'])
            {
                hasSequence = false;
                sequence = 0;
            }
            else if (!TryParseNumber(second, out sequence))
            {
                return false;
            }
        }

        id = new StreamId(milliseconds, sequence);
        return true;
    }

    /// <summary>What C's strtoull takes whole: blanks, a sign and leading zeros too. Only a negative number in its plain form is refused; others wrap.</summary>
    private static bool TryParseNumber(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (Protocol.RespNumber.TryParseLong(text, out long plain) && plain < 0) return false;

        while (text.Length > 0 && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r'))) text = text[1..];
        bool isNegative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && (text[0] is (byte)'-' or (byte)'+')) text = text[1..];
        if (text.IsEmpty) return false;

        foreach (byte b in text)
        {
            uint digit = b - (uint)'0';
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10) return false;
            value = (value * 10) + digit;
        }

        if (isNegative) value = unchecked(0 - value);
        return true;
    }
}
