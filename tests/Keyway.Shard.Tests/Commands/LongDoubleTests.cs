using System.Text;
using Keyway.Shard.Commands;

namespace Keyway.Shard.Tests.Commands;

public sealed class LongDoubleTests
{
    [Theory]
    [InlineData("0.1", "0.2", "0.3")]
    [InlineData("3.0e3", "200", "3200")]
    [InlineData("10.50", "0.1", "10.6")]
    [InlineData("5.0e3", "2.0e2", "5200")]
    [InlineData("1", "-1", "0")]
    [InlineData("-0.0", "-0.0", "0")]
    [InlineData("0x1p3", "0x0.8p0", "8.5")]
    [InlineData(".5", "5.", "5.5")]
    [InlineData("1e-18", "0", "0")]
    [InlineData("9007199254740993", "1", "9007199254740994")]
    [InlineData("18446744073709551615", "1", "18446744073709551616")]
    [InlineData("18446744073709551616", "1", "18446744073709551616")]
    [InlineData("1e20", "0.5", "100000000000000000000")]
    [InlineData("-3.14159265358979", "0", "-3.14159265358979")]
    public void Adds_with_64_bits_of_fraction_and_prints_without_trailing_zeros(string left, string right, string sum)
    {
        Assert.True(LongDouble.TryParse(Encoding.ASCII.GetBytes(left), out LongDouble one));
        Assert.True(LongDouble.TryParse(Encoding.ASCII.GetBytes(right), out LongDouble other));
        Assert.Equal(sum, Encoding.ASCII.GetString((one + other).ToText()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1x")]
    [InlineData("nan")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData(".")]
    [InlineData("0x")]
    [InlineData("1e5000")]
    [InlineData("1e-5000")]
    public void Refuses_what_is_no_number_or_none_that_fits(string text) => Assert.False(LongDouble.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("+INF")]
    public void Infinity_is_a_number_but_no_finite_one(string text)
    {
        Assert.True(LongDouble.TryParse(Encoding.ASCII.GetBytes(text), out LongDouble value));
        Assert.False((value + LongDouble.Zero).IsFinite);
    }
}
