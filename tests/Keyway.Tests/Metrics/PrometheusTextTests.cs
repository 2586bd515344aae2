using System.Diagnostics;
using Keyway.Gateway.Metrics;
using Keyway.Metrics;

namespace Keyway.Tests.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_value_stands_behind_its_labels_under_help_and_type()
    {
        var set = new MetricSet();
        set.Add(MetricTable.Commands, 12, "main", "get", "ok");
        Assert.Contains(
            "# HELP keyway_commands_total Commands by how they ended; a name that Keyway does not know is other.\n"
            + "# TYPE keyway_commands_total counter\nkeyway_commands_total{pool=\"main\",command=\"get\",result=\"ok\"} 12\n",
            PrometheusText.Write(set));
    }

    [Fact]
    public void Every_metric_is_named_even_where_it_has_no_value_yet()
    {
        string page = PrometheusText.Write(new MetricSet());
        Assert.All(MetricTable.All, family => Assert.Contains($"# TYPE {family.Name} {family.Type.ToString().ToLowerInvariant()}\n", page));
        Assert.Equal(MetricTable.All.Count, MetricTable.All.Select(family => family.Name).Distinct().Count());
    }

    [Fact]
    public void No_metric_of_the_table_is_missing_from_the_page()
    {
        var declared = typeof(MetricTable).GetFields()
            .Where(field => field.FieldType == typeof(MetricFamily))
            .Select(field => (MetricFamily)field.GetValue(null)!);
        Assert.Equal(declared.Select(family => family.Name), MetricTable.All.Select(family => family.Name));
    }

    [Fact]
    public void Labels_cannot_end_early()
    {
        var set = new MetricSet();
        set.Add(MetricTable.BuildInfo, 1, "a\"b\\c\nd");
        Assert.Contains("keyway_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n", PrometheusText.Write(set));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.00005, "5e-05")]
    [InlineData(1.5, "1.5")]
    [InlineData(1795161368.632, "1795161368.632")]
    [InlineData(12345678901234567890.0, "1.2345678901234567e+19")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Numbers_are_as_Prometheus_reads_them(double value, string text) => Assert.Equal(text, PrometheusText.Number(value));

    [Fact]
    public void Buckets_count_everything_below_them()
    {
        var histogram = new LatencyHistogram();
        foreach (double seconds in new[] { 0.00004, 0.0009, 0.0009, 20 })
        {
            long ticks = (long)(seconds * Stopwatch.Frequency);
            histogram.Record(LatencyHistogram.BucketOf(ticks), ticks);
        }

        var set = new MetricSet();
        set.Add(MetricTable.ShardRequestDuration, histogram, "s1");
        string page = PrometheusText.Write(set);
        Assert.Contains("keyway_shard_request_duration_seconds_bucket{shard=\"s1\",le=\"5e-05\"} 1\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_bucket{shard=\"s1\",le=\"0.00075\"} 1\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_bucket{shard=\"s1\",le=\"0.001\"} 3\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_bucket{shard=\"s1\",le=\"10\"} 3\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_bucket{shard=\"s1\",le=\"+Inf\"} 4\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_count{shard=\"s1\"} 4\n", page);
        Assert.Contains("keyway_shard_request_duration_seconds_sum{shard=\"s1\"} 20.00184\n", page);
    }
}
