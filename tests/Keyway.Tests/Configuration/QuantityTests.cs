using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("250", 250)]
    [InlineData("400ms", 400)]
    [InlineData("2s", 2000)]
    [InlineData("2S", 2000)]
    [InlineData("1m", 60_000)]
    public void Durations(string text, int milliseconds)
    {
        Assert.True(Quantity.TryDuration(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("1 s")]
    [InlineData("1h")]
    [InlineData("9223372036854775807m")]
    [InlineData("99999999999999999999")]
    public void No_durations(string text) => Assert.False(Quantity.TryDuration(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7b", 7)]
    [InlineData("64kb", 65536)]
    [InlineData("64k", 64000)]
    [InlineData("10mb", 10485760)]
    [InlineData("10M", 10000000)]
    [InlineData("1GB", 1073741824)]
    public void Sizes_have_the_units_of_redis(string text, long bytes)
    {
        Assert.True(Quantity.TrySize(text, out long size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kb")]
    [InlineData("1tb")]
    [InlineData("-1")]
    [InlineData("1 kb")]
    [InlineData("9223372036854775807gb")]
    public void No_sizes(string text) => Assert.False(Quantity.TrySize(text, out _));
}
