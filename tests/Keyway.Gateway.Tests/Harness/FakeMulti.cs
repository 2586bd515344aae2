namespace Keyway.Gateway.Tests.Harness;

/// <summary>A gateway before shards a and b that know MULTI and WATCH, and answer every command by its own words.</summary>
internal static class FakeMulti
{
    public static TestGateway Gateway(params string[] shards)
    {
        TestGateway gateway = TestGateway.WithShards(shards.Length == 0 ? ["a", "b"] : shards);
        foreach (string name in shards.Length == 0 ? ["a", "b"] : shards) Teach(gateway.Shard(name));
        return gateway;
    }

    public static void Teach(FakeShard shard) =>
        shard.Transactions = new FakeTransactions(request => request.StartsWith("SELECT", StringComparison.Ordinal) ? "+OK\r\n" : $"+{request}\r\n");
}
