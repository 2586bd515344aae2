using System.Text;
using Keyway.Gateway.Scanning;

namespace Keyway.Gateway.Tests.Scanning;

public class ScanCursorTests
{
    [Fact]
    public void Each_part_comes_back_as_it_was()
    {
        var random = new Random(5);
        Span<byte> text = stackalloc byte[20];
        for (int i = 0; i < 10_000; i++)
        {
            var cursor = new ScanCursor(random.Next(ScanCursor.Targets), random.Next(ScanCursor.Marks), (ulong)random.NextInt64((long)ScanCursor.PositionLimit));
            int length = cursor.Format(text);
            Assert.True(ScanCursor.TryParse(text[..length], out ScanCursor read));
            Assert.Equal(cursor, read);
            Assert.True(cursor.Value < 1UL << 63);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("0", true)]
    [InlineData("-1", true)]
    [InlineData("+5", true)]
    [InlineData("-0", true)]
    [InlineData("5\0x", true)]
    [InlineData("18446744073709551615", true)]
    [InlineData("18446744073709551616", false)]
    [InlineData(" 5", false)]
    [InlineData("5 ", false)]
    [InlineData("5x", false)]
    [InlineData("0x5", false)]
    [InlineData("--5", false)]
    [InlineData("-", false)]
    [InlineData("x", false)]
    public void What_redis_takes_for_a_cursor_is_one(string text, bool isOne) =>
        Assert.Equal(isOne, ScanCursor.TryParse(Encoding.Latin1.GetBytes(text), out _));
}
