using System.Globalization;
using System.Text;
using Keyway.Shard.Commands.Geo;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Geo;

/// <summary>
/// Random searches over random places beside a real redis-server, byte for byte: which places are found, in which order where none is asked for, which of
/// many COUNT and ANY choose, and each digit of distances and coordinates.
/// </summary>
public sealed class GeoSearchTests
{
    private const int Searches = 1_500;

    private static readonly string[] Sets = ["few", "listpack", "many"];
    private static readonly int[] Sizes = [30, 128, 2_500];
    private static readonly (string Name, double Meters)[] Units = [("m", 1), ("km", 1000), ("ft", 0.3048), ("mi", 1609.34)];
    private static readonly double[] Lengths = [0, 1e-9, 0.001, 1, 10, 100, 500, 1000, 5000, 20_000, 100_000, 1e6, 5e6, 1e7, 2e7, 3e7, 1e9];

    [Theory]
    [InlineData(1, "2")]
    [InlineData(2, "3")]
    public void Finds_what_redis_finds(int seed, string protocol)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient real = redis.Connect();
        using RespClient ours = RespClient.Connect(shard.Port);
        var random = new Random(seed);
        Same("HELLO", protocol);
        for (int i = 0; i < Sets.Length; i++)
        {
            Same(["GEOADD", Sets[i], .. Enumerable.Range(0, Sizes[i]).SelectMany(number => (string[])[.. Place(random), Member(number)])]);
            Same("ZRANGE", Sets[i], "0", "-1", "WITHSCORES");
        }

        for (int i = 0; i < Searches; i++)
        {
            string[] search = Search(random);
            Same(search);
            if (search[0] == "GEOSEARCHSTORE") Same("ZRANGE", search[1], "0", "-1", "WITHSCORES");
        }

        void Same(params string[] command)
        {
            real.SendRaw(RespClient.Encode(command));
            ours.SendRaw(RespClient.Encode(command));
            string expected = Encoding.Latin1.GetString(real.ReadRaw());
            string actual = Encoding.Latin1.GetString(ours.ReadRaw());
            int same = expected.AsSpan().CommonPrefixLength(actual);
            Assert.True(
                expected == actual || command[0] == "HELLO",
                $"{string.Join(' ', command.Take(30))}\nredis:  {Shown(expected, same)}\nkeyway: {Shown(actual, same)}");
        }
    }

    [Fact]
    public void A_cell_knows_its_neighbours_around_the_edges()
    {
        var corner = GeoCell.Of(row: 0, column: 0, step: 3);
        Assert.Equal(GeoCell.Of(7, 7, 3), corner.Neighbor(-1, -1));
        Assert.Equal(GeoCell.Of(1, 1, 3), corner.Neighbor(1, 1));
        Assert.Equal(GeoCell.Of(0, 7, 3), corner.Neighbor(-1, 0));
        Assert.Equal(corner, corner.Neighbor(-1, -1).Neighbor(1, 1));
        Assert.Equal(GeoCell.Of(0x3FFFFFF, 0, GeoCell.FinestStep), GeoCell.Of(0, 0x3FFFFFF, GeoCell.FinestStep).Neighbor(1, -1));
    }

    [Fact]
    public void Any_score_means_some_place_on_the_globe()
    {
        foreach (double score in (double[])[double.NegativeInfinity, double.MinValue, -1e19, -1, -0.0, 0, 0.5, 1, 1L << 52, 1e16, 9.3e18, 1.9e19, double.MaxValue, double.PositiveInfinity])
            Assert.True(GeoPoint.OfScore(score).IsValid, $"{score}");
    }

    [Theory]
    [InlineData(0, "0.0000")]
    [InlineData(-0.0, "0.0000")]
    [InlineData(0.00005, "0.0000")]
    [InlineData(0.00025, "0.0002")]
    [InlineData(5e-324, "0.0000")]
    [InlineData(0.03125, "0.0312")]
    [InlineData(0.09375, "0.0938")]
    [InlineData(166274.15156960032, "166274.1516")]
    [InlineData(54173390.127250001, "54173390.1272")]
    [InlineData(20037726.37, "20037726.3700")]
    [InlineData(double.NaN, "-922337203685477.5808")]
    public void A_distance_is_rounded_as_a_number_of_ten_thousandths(double distance, string text)
    {
        Span<byte> buffer = stackalloc byte[32];
        Assert.Equal(text, Encoding.ASCII.GetString(buffer[..GeoReply.FormatDistance(buffer, distance)]));
    }

    private static string[] Search(Random random)
    {
        int set = random.Next(Sets.Length);
        string[] from = random.Next(5) < 2 ? ["FROMMEMBER", Member(random.Next(Sizes[set]))] : ["FROMLONLAT", .. Place(random)];
        (string width, string unit) = Length(random);
        string[] shape = random.Next(2) == 0 ? ["BYRADIUS", width, unit] : ["BYBOX", width, Length(random).Text, unit];
        string[] sorting = random.Next(5) switch { 0 => ["ASC"], 1 => ["DESC"], _ => [] };
        string[] count = random.Next(4) switch { 0 => ["COUNT", $"{1 + random.Next(60)}"], 1 => ["COUNT", $"{1 + random.Next(60)}", "ANY"], _ => [] };
        if (random.Next(6) == 0) return ["GEOSEARCHSTORE", "result", Sets[set], .. from, .. shape, .. sorting, .. count, .. random.Next(2) == 0 ? (string[])["STOREDIST"] : []];

        string[] with = [.. ((string[])["WITHDIST", "WITHHASH", "WITHCOORD"]).Where(_ => random.Next(3) == 0)];
        if (shape[0] == "BYRADIUS" && random.Next(3) == 0)
        {
            string command = from[0] == "FROMMEMBER" ? "GEORADIUSBYMEMBER" : "GEORADIUS";
            return [command, Sets[set], .. from[1..], width, unit, .. with, .. sorting, .. count];
        }

        return ["GEOSEARCH", Sets[set], .. from, .. shape, .. sorting, .. count, .. with];
    }

    private static (string Text, string Unit) Length(Random random)
    {
        (string name, double meters) = Units[random.Next(Units.Length)];
        double length = random.Next(3) == 0 ? Math.Pow(10, random.NextDouble() * 8) : Lengths[random.Next(Lengths.Length)];
        return (Text(random.Next(5) == 0 ? length : length / meters), name);
    }

    // Everywhere; along the antimeridian; near the edges of the map and where the grid changes; crowds; the same few places again and again.
    private static string[] Place(Random random)
    {
        double anyLongitude = (random.NextDouble() * 360) - 180;
        double anyLatitude = (random.NextDouble() * 2 * GeoPoint.MaxLatitude) - GeoPoint.MaxLatitude;
        double spread = Pick(0.0001, 0.01, 1, 5);
        (double longitude, double latitude) = random.Next(10) switch
        {
            < 3 => (anyLongitude, anyLatitude),
            3 => (Pick(-180, 180, 179.99999, -179.99999, 179.9, -179.9, 179, -179), anyLatitude),
            4 => (anyLongitude, Pick(GeoPoint.MaxLatitude, GeoPoint.MinLatitude, 85, -85, 84.9, -84.9, 80, -80, 66, -66, 80.1, -66.1)),
            5 => (Pick(0, 90, -90, 180, -180, 45), Pick(0, 0.0001, -0.0001, 45, -45, GeoPoint.MaxLatitude)),
            6 => (Pick(13.361389, 15.087269, 2.35), Pick(38.115556, 37.502669, 48.85)),
            _ => (10 + ((random.NextDouble() - 0.5) * spread), 45 + ((random.NextDouble() - 0.5) * spread)),
        };
        return [Text(longitude), Text(latitude)];

        double Pick(params double[] from) => from[random.Next(from.Length)];
    }

    private static string Member(int number) => number % 3 == 0 ? $"{number}" : $"place:{number}";

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Shown(string reply, int around) =>
        $"… {reply[Math.Max(0, around - 200)..Math.Min(reply.Length, around + 200)].Replace("\r\n", " ", StringComparison.Ordinal)} …";
}
