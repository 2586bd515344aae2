using Keyway.Protocol;

namespace Keyway.Shard.Keyspace.Compact;

/// <summary>One element of a listpack: bytes, or a number in place of its decimal text. Good until the listpack changes.</summary>
internal readonly ref struct ListpackElement
{
    public ListpackElement(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public ListpackElement(long integer)
    {
        Integer = integer;
        IsInteger = true;
    }

    /// <summary>The value as an element holds it: a number where its text is one exactly.</summary>
    public static ListpackElement Of(ReadOnlySpan<byte> value) =>
        RespNumber.TryParseLong(value, out long number) ? new ListpackElement(number) : new ListpackElement(value);

    /// <summary>Empty where <see cref="IsInteger"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public long Integer { get; }

    public bool IsInteger { get; }

    /// <summary>As it was set.</summary>
    /// <param name="digits">Room for the text of a number: <see cref="RespNumber.MaxLongLength"/> bytes.</param>
    public ReadOnlySpan<byte> Text(Span<byte> digits) => IsInteger ? digits[..RespNumber.FormatLong(digits, Integer)] : Bytes;

    public int TextLength => IsInteger ? Digits(Integer) : Bytes.Length;

    /// <summary>For elements that both came to be by <see cref="Of"/>: the same value is then the same element.</summary>
    public bool IsSame(ListpackElement other) => IsInteger == other.IsInteger && Integer == other.Integer && Bytes.SequenceEqual(other.Bytes);

    public bool TextEquals(ReadOnlySpan<byte> text)
    {
        if (!IsInteger) return Bytes.SequenceEqual(text);
        return text.Length <= RespNumber.MaxLongLength && RespNumber.TryParseLong(text, out long number) && number == Integer;
    }

    private static int Digits(long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return RespNumber.FormatLong(digits, number);
    }
}
