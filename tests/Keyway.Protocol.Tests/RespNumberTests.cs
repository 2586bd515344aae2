using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class RespNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("-7", -7)]
    [InlineData("10", 10)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Integers_are_read(string text, long value)
    {
        Assert.True(RespNumber.TryParseLong(Bytes(text), out long read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData("-0")]
    [InlineData("-01")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1a")]
    [InlineData("--1")]
    [InlineData("0x1")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("18446744073709551617")]
    [InlineData("100000000000000000000")]
    [InlineData("1\0")]
    public void Other_spellings_are_no_integers(string text) => Assert.False(RespNumber.TryParseLong(Bytes(text), out _));

    [Fact]
    public void Every_long_is_printed_and_read_back() =>
        Prop.ForAll<long, int>((seed, shift) =>
        {
            long value = unchecked(seed * -7046029254386353131L) >> (shift & 63);
            byte[] target = new byte[RespNumber.MaxLongLength];
            int length = RespNumber.FormatLong(target, value);
            Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Text(target.AsSpan(0, length)));
            Assert.True(RespNumber.TryParseLong(target.AsSpan(0, length), out long read));
            Assert.Equal(value, read);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-17, "-17")]
    [InlineData(3.1, "3.1000000000000001")]
    [InlineData(0.1, "0.10000000000000001")]
    [InlineData(2.5, "2.5")]
    [InlineData(-1234.5, "-1234.5")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(99999999999999984, "99999999999999984")]
    [InlineData(1e17, "1e+17")]
    [InlineData(1.5e17, "1.5e+17")]
    [InlineData(1e100, "1e+100")]
    [InlineData(123456789012345680000.0, "1.2345678901234568e+20")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012, "0.00012")]
    [InlineData(0.00001, "1.0000000000000001e-05")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "4.9406564584124654e-324")]
    [InlineData(1.00000762939453125, "1.0000076293945312")]      // a tie: to the even digit
    [InlineData(1.00002288818359375, "1.0000228881835938")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(double.NaN, "nan")]
    public void Doubles_are_printed_with_17_digits(double value, string text)
    {
        byte[] target = new byte[RespNumber.MaxDoubleLength];
        Assert.Equal(text, Text(target.AsSpan(0, RespNumber.FormatDouble(target, value))));
    }

    [Fact]
    public void Every_double_is_printed_so_that_it_reads_back() =>
        Prop.ForAll<long>(seed =>
        {
            double value = BitConverter.Int64BitsToDouble(unchecked(seed * -7046029254386353131L));
            if (double.IsNaN(value)) return;

            byte[] target = new byte[RespNumber.MaxDoubleLength];
            int length = RespNumber.FormatDouble(target, value);
            Assert.True(RespNumber.TryParseDouble(target.AsSpan(0, length), out double read));
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", -0.0)]
    [InlineData("+5", 5)]
    [InlineData("007", 7)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("-1.25e2", -125)]
    [InlineData("1E+2", 100)]
    [InlineData("1e-2", 0.01)]
    [InlineData("0e-999999999999", 0)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("+INF", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("0x10", 16)]
    [InlineData("-0X.8", -0.5)]
    [InlineData("0x1.8p3", 12)]
    [InlineData("0x1p-1074", double.Epsilon)]
    [InlineData("0x10000000000000801", 18446744073709555712.0)]      // just above a tie
    [InlineData("0x10000000000000800", 18446744073709551616.0)]      // a tie: to the even one
    [InlineData("0x1.fffffffffffffp1023", double.MaxValue)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    public void Doubles_are_read_as_C_reads_them(string text, double value)
    {
        Assert.True(RespNumber.TryParseDouble(Bytes(text), out double read));
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("--1")]
    [InlineData("nan")]
    [InlineData("-nan")]
    [InlineData("nan(1)")]
    [InlineData("infin")]
    [InlineData("infinityx")]
    [InlineData("0x")]
    [InlineData("0x.")]
    [InlineData("0xg")]
    [InlineData("0x1p")]
    [InlineData("0x1p+")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e-400")]
    [InlineData("0x1p1024")]
    [InlineData("0x1p-1076")]
    [InlineData("1_000")]
    [InlineData("value")]
    public void Other_spellings_are_no_doubles(string text) => Assert.False(RespNumber.TryParseDouble(Bytes(text), out _));

    [Fact]
    public void Targets_that_are_too_small_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RespNumber.FormatLong(new byte[1], 10));
        Assert.Throws<ArgumentException>(() => RespNumber.FormatDouble(new byte[8], 1));
    }
}
