using System.Text;
using Keyway.Shard.Commands.Sorting;

namespace Keyway.Shard.Tests.Commands.Sorting;

public sealed class SortTextTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("a", "b", -1)]
    [InlineData("a", "ab", -1)]
    [InlineData("b", "ab", 1)]
    [InlineData("a", "a\0b", 0)]
    [InlineData("a\0c", "a\0b", 0)]
    [InlineData("\0", "", 0)]
    [InlineData("a\0", "ab", -1)]
    [InlineData("Z", "a", -1)]
    [InlineData("\u00ff", "a", 1)]
    public void Texts_are_ordered_by_their_bytes_up_to_a_nul(string left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(SortText.Collate(Encoding.Latin1.GetBytes(left), Encoding.Latin1.GetBytes(right))));
        Assert.Equal(-order, Math.Sign(SortText.Collate(Encoding.Latin1.GetBytes(right), Encoding.Latin1.GetBytes(left))));
    }

    [Theory]
    [InlineData("", 0.0)]
    [InlineData(" \t7", 7.0)]
    [InlineData("5\0x", 5.0)]
    [InlineData("\0", 0.0)]
    [InlineData("0x10", 16.0)]
    [InlineData("-inf", double.NegativeInfinity)]
    public void Numbers_are_read_as_C_reads_them(string text, double value)
    {
        Assert.True(SortNumber.TryParse(Encoding.Latin1.GetBytes(text), out double parsed));
        Assert.Equal(value, parsed);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("1 ")]
    [InlineData("x")]
    [InlineData("nan")]
    [InlineData("1e400")]
    [InlineData("1e-310")]
    public void What_is_no_number_or_out_of_range_is_refused(string text) => Assert.False(SortNumber.TryParse(Encoding.Latin1.GetBytes(text), out _));
}
