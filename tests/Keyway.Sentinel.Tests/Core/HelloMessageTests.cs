using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class HelloMessageTests
{
    private const string Id = "814d2d7a5b7d1c0a9e6f3b2c1d0e9f8a7b6c5979";

    [Fact]
    public void A_hello_is_read_as_it_is_written()
    {
        const string text = $"127.0.0.1,27960,{Id},4,m1,127.0.0.1,27961,3";

        HelloMessage? hello = HelloMessage.Read(text);

        Assert.Equal(new HelloMessage("127.0.0.1", 27960, Id, 4, "m1", "127.0.0.1", 27961, 3), hello);
        Assert.Equal(text, hello!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1,27960,id,0,m1,127.0.0.1,27961,0")]
    [InlineData($"127.0.0.1,27960,{Id},0,m1,127.0.0.1,27961")]
    [InlineData($"127.0.0.1,27960,{Id},0,m1,127.0.0.1,27961,0,0")]
    [InlineData($"127.0.0.1,0,{Id},0,m1,127.0.0.1,27961,0")]
    [InlineData($"127.0.0.1,27960,{Id},0,m1,127.0.0.1,65536,0")]
    [InlineData($"127.0.0.1,27960,{Id},-1,m1,127.0.0.1,27961,0")]
    [InlineData($"127.0.0.1,27960,{Id},0,m1,127.0.0.1,27961,99999999999999999999")]
    public void What_no_sentinel_says_is_no_hello(string text)
    {
        Assert.Null(HelloMessage.Read(text));
    }
}
