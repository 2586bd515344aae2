using System.Net;
using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>What the vectors do not reach, each held to a running nutcracker.</summary>
public class PlacementDetailTests
{
    private static readonly byte[][] Keys = SampleKeys.Take(400);

    [Fact]
    public void Any_weights_give_each_server_as_many_points_as_in_nutcracker()
    {
        var random = new Random(7);
        HoldToNutcracker([.. Enumerable.Range(0, 30).Select(_ => PoolSetup.Weighted(
            TwemproxyDistribution.Ketama, TwemproxyHash.Murmur, [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, 120))]))], Keys);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("$$")]
    [InlineData("}{")]
    public void Only_what_stands_between_the_two_tag_characters_is_hashed(string tag)
    {
        char open = tag[0], close = tag[1];
        string[] keys =
        [
            $"a{open}tag{close}b", $"x{open}tag{close}", $"{open}tag{close}", "tag", $"{open}{close}", $"{open}{close}tag", $"a{open}{close}b{open}tag{close}",
            $"a{open}tag", $"a{close}tag{open}", $"{close}{open}tag{close}", $"{open}{open}tag{close}", $"{open}tag{close}{close}", "$tag$", "{tag}", "}tag{", "none",
        ];
        byte[][] bytes = [.. keys.SelectMany(key => Enumerable.Range(0, 20).Select(i => Encoding.ASCII.GetBytes(key.Replace("tag", $"tag{i}", StringComparison.Ordinal))))];
        HoldToNutcracker(
            [
                PoolSetup.Weighted(TwemproxyDistribution.Ketama, TwemproxyHash.Fnv1a_64, 1, 1, 1, 1, 1) with { Tag = tag },
                PoolSetup.Weighted(TwemproxyDistribution.Modula, TwemproxyHash.Crc16, 1, 1, 1, 1, 1) with { Tag = tag },
            ],
            bytes);
    }

    [Fact]
    public void A_hash_that_meets_a_point_exactly_belongs_to_that_point()
    {
        PoolSetup pool = PoolSetup.Weighted(TwemproxyDistribution.Ketama, TwemproxyHash.Jenkins, 1, 1, 1);
        var index = new Keyway.Topology.Twemproxy.TwemproxyIndex((Placement.Twemproxy)pool.ToMap().Rules[0].Placement);
        byte[] key = Encoding.ASCII.GetBytes(KeyOnAPoint);
        uint hash = Keyway.Topology.Twemproxy.KeyHash.Of(TwemproxyHash.Jenkins, key);

        int point = Array.BinarySearch(index.Points, hash);
        Assert.True(point >= 0, "the key is made so that it meets a point");
        Assert.NotEqual(index.Servers[point], index.Servers[point + 1]);
        Assert.Equal(index.Servers[point], pool.ToMap().Find(key).Shard);
        HoldToNutcracker([pool], [key]);
    }

    [Fact]
    public void Servers_count_in_the_order_of_their_names_and_the_shorter_name_first()
    {
        string[][] orders = [["bb", "a", "ccc"], ["ccc", "a", "bb"], ["b2", "b10", "b1"], ["B", "a", "Aa"]];
        HoldToNutcracker(
            [.. orders.Select(names => new PoolSetup(TwemproxyDistribution.Modula, TwemproxyHash.Fnv1_32, "", [.. names.Select(name => $"127.0.0.1:7000:2 {name}")]))], [.. Keys, []]);
    }

    [Fact]
    public void A_long_server_name_counts_as_nutcracker_counts_it()
    {
        int[] lengths = [60, 80, 83, 84, 85, 90, 200];
        HoldToNutcracker(
            [.. lengths.Select(length => new PoolSetup(TwemproxyDistribution.Ketama, TwemproxyHash.Md5, "",
                [$"127.0.0.1:7000:1 {new string('x', length)}", $"127.0.0.1:7000:1 {new string('y', length)}"]))], Keys);
    }

    [Fact]
    public void Without_a_name_ketama_hashes_the_address_without_the_weight_and_the_host_alone_on_port_11211()
    {
        // Addresses that nothing else uses: the placement hangs on them, and the port is part of what is tested.
        string[] hosts = ["127.83.17.1", "127.83.17.2", "127.83.17.3"];
        foreach (int port in new[] { 11211, 16379 })
        {
            HoldToNutcracker(
                [
                    new PoolSetup(TwemproxyDistribution.Ketama, TwemproxyHash.Fnv1a_32, "", [.. hosts.Select((host, i) => $"{host}:{port}:{1 + i}")]),
                    new PoolSetup(TwemproxyDistribution.Modula, TwemproxyHash.Fnv1a_32, "", [.. hosts.Select((host, i) => $"{host}:{port}:{1 + i}")]),
                ],
                Keys,
                [.. hosts.Select(host => new IPEndPoint(IPAddress.Parse(host), port))]);
        }
    }

    [Fact]
    public void A_lone_server_has_every_key()
    {
        HoldToNutcracker([PoolSetup.Weighted(TwemproxyDistribution.Ketama, TwemproxyHash.Hsieh, 3), PoolSetup.Weighted(TwemproxyDistribution.Modula, TwemproxyHash.Hsieh, 3)], Keys);
    }

    private const string KeyOnAPoint = "k34410208";

    private static void HoldToNutcracker(PoolSetup[] pools, byte[][] keys, IPEndPoint[]? addresses = null)
    {
        Assert.SkipWhen(Nutcracker.Unavailable is not null, Nutcracker.Unavailable ?? "");
        using var proxy = new LiveProxy(pools, addresses);
        for (int i = 0; i < pools.Length; i++)
        {
            int[] live = proxy.Ask(i, keys);
            PartitionMap map = pools[i].ToMap();
            string[] wrong = [.. keys.Where((key, k) => map.Find(key).Shard != live[k]).Select(key => Printable.Text(key))];
            Assert.True(wrong.Length == 0, $"{pools[i].Label} {pools[i].Tag}: {wrong.Length} of {keys.Length} keys, such as {string.Join(", ", wrong.Take(5))}");
        }
    }
}
