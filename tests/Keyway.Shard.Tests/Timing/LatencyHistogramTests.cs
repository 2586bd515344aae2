using Keyway.Shard.Timing;

namespace Keyway.Shard.Tests.Timing;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_right_to_two_digits()
    {
        var random = new Random(1);
        var histogram = new LatencyHistogram();
        var values = new List<long>();
        for (int i = 0; i < 20_000; i++)
        {
            var ns = (long)Math.Exp(random.NextDouble() * Math.Log(LatencyHistogram.LargestNs));
            values.Add(ns);
            histogram.Record(ns);
        }

        values.Sort();
        Assert.Equal(20_000, histogram.Count);
        foreach (double percentile in (double[])[0.1, 10, 50, 90, 99, 99.9, 100])
        {
            long exact = values[(int)Math.Clamp((percentile / 100 * values.Count) - 0.5, 0, values.Count - 1)];
            Assert.InRange(histogram.NsAt(percentile), exact, exact + (exact / 100) + 1);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    [InlineData(1_000, 1_003)]
    [InlineData(1_000_000, 1_003_519)]
    [InlineData(50_200_000, 50_331_647)]
    [InlineData(900_092_000, 901_775_359)]
    [InlineData(5_000_000_000, 1_002_438_655)]
    public void A_time_is_shown_as_the_end_of_its_step(long ns, long shown)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(ns);

        Assert.Equal(shown, histogram.NsAt(50));
    }

    [Fact]
    public void Cumulative_counts_go_by_powers_of_two_as_redis_shows_them()
    {
        var histogram = new LatencyHistogram();
        foreach (long ns in (long[])[30_000_000, 50_000_000, 100_000_000, 900_000_000, 1_000]) histogram.Record(ns);

        Assert.Equal([(1, 1), (33816, 2), (67633, 3), (135266, 4), (1073741, 5)], histogram.Cumulative());
    }
}
