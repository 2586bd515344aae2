using System.Net;
using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1:6379", true, false)]
    [InlineData("127.1.2.3:6379", true, false)]
    [InlineData("localhost:6379", true, false)]
    [InlineData("[::1]:6379", true, false)]
    [InlineData("unix:/run/keyway.sock", true, false)]
    [InlineData("0.0.0.0:6379", false, true)]
    [InlineData("*:6379", false, true)]
    [InlineData("[::]:6379", false, true)]
    [InlineData("10.0.0.1:0", false, false)]
    [InlineData("redis-1.cache_net:6379", false, false)]
    public void An_address_is_printed_as_it_was_written(string text, bool isLoopback, bool isEveryInterface)
    {
        Assert.True(Address.TryParse(text, out Address? address));
        Assert.Equal((text, isLoopback, isEveryInterface), (address!.ToString(), address.IsLoopback, address.IsEveryInterface));
    }

    [Theory]
    [InlineData("")]
    [InlineData("6379")]
    [InlineData(":6379")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:x")]
    [InlineData("host:-1")]
    [InlineData("host:65536")]
    [InlineData("::1:6379")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:6379")]
    [InlineData("ho st:1")]
    [InlineData("7001:7002")]
    [InlineData("256.0.0.1:1")]
    [InlineData("unix:")]
    public void No_addresses(string text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void A_host_name_is_left_to_whoever_connects()
    {
        Assert.True(Address.TryParse("redis-1:6379", out Address? name));
        Assert.Equal(new DnsEndPoint("redis-1", 6379), name!.ToEndPoint());
        Assert.True(Address.TryParse("localhost:6379", out Address? local));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 6379), local!.ToEndPoint());
    }
}
