using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Xunit;

namespace Keyway.Shard.Tests.Sessions;

public sealed class LookAheadTests
{
    [Fact]
    public void Finds_whole_requests_in_order_up_to_its_depth_and_leaves_the_rest()
    {
        using var databases = new Databases(1, new KeyHash(1, 2), 3, new Propagation());
        databases[0].SetString(databases[0].Find("k3"u8), "value"u8, Database.NoExpiry);
        var ahead = new LookAhead();
        string[] requests = [.. Enumerable.Range(0, 20).Select(i => $"*2\r\n$3\r\nGET\r\n${$"k{i}".Length}\r\nk{i}\r\n")];
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(requests));

        ahead.Gather(bytes, RequestLimits.Default, databases[0]);

        Assert.Equal(LookAhead.Depth, ahead.Count);
        for (int i = 0; i < ahead.Count; i++)
        {
            Assert.Equal($"k{i}", Encoding.ASCII.GetString(ahead.Arguments(i, bytes)[1]));
            Assert.Equal(requests.Take(i + 1).Sum(request => request.Length), ahead.EndOf(i));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("*2\r\n$3\r\nGET\r\n$1\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*x\r\n")]
    [InlineData("\r\n")]
    public void Stops_before_what_is_not_a_whole_request_and_begins_afresh_the_next_time(string tail)
    {
        using var databases = new Databases(1, new KeyHash(1, 2), 3, new Propagation());
        var ahead = new LookAhead();
        byte[] bytes = Encoding.ASCII.GetBytes("*1\r\n$4\r\nPING\r\nGET a\r\n" + tail);

        for (int i = 0; i < 3; i++)
        {
            ahead.Gather(bytes, RequestLimits.Default, databases[0]);
            Assert.Equal(2, ahead.Count);
            Assert.Equal("a", Encoding.ASCII.GetString(ahead.Arguments(1, bytes)[1]));
            Assert.Equal(bytes.Length - tail.Length, ahead.EndOf(1));
            ahead.Clear();
        }
    }
}
