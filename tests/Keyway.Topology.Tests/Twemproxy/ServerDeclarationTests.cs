using Keyway.Topology.Twemproxy;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>What nutcracker -t accepts and refuses, and the name it hashes.</summary>
public class ServerDeclarationTests
{
    [Theory]
    [InlineData("10.0.0.1:6379:1", "10.0.0.1:6379", 1)]
    [InlineData("10.0.0.1:11211:5", "10.0.0.1", 5)]
    [InlineData("10.0.0.1:6379:07 server one", null, 0)]
    [InlineData("10.0.0.1:6379:07 one", "one", 7)]
    [InlineData("10.0.0.1:11211:1 one", "one", 1)]
    [InlineData("/run/redis.sock:2", "/run/redis.sock", 2)]
    [InlineData("/run/redis.sock:2 one", "one", 2)]
    [InlineData("::1:6379:1", "::1:6379", 1)]
    [InlineData("10.0.0.1:6379", null, 0)]
    [InlineData("10.0.0.1:6379:0", null, 0)]
    [InlineData("10.0.0.1:6379:-1", null, 0)]
    [InlineData("10.0.0.1:0:1", null, 0)]
    [InlineData("10.0.0.1:70000:1", null, 0)]
    [InlineData("10.0.0.1:6379:1 ", null, 0)]
    [InlineData("/run/redis.sock", null, 0)]
    [InlineData("", null, 0)]
    public void A_declaration_is_address_weight_and_perhaps_a_name(string declaration, string? name, int weight)
    {
        Assert.Equal(name is not null, ServerDeclaration.TryParse(declaration, out ServerDeclaration server));
        Assert.Equal((name, weight), (server.Name, server.Weight));
    }
}
