using System.Globalization;
using System.Text;
using Keyway.Gateway.Metrics;

namespace Keyway.Metrics;

/// <summary>
/// Prometheus's text format, version 0.0.4:
/// <code>
/// # HELP keyway_commands_total Commands by how they ended
/// # TYPE keyway_commands_total counter
/// keyway_commands_total{pool="main",command="get",result="ok"} 12
/// </code>
/// </summary>
internal static class PrometheusText
{
    private static readonly string[] BucketBounds = [.. LatencyHistogram.BoundsSeconds.Select(Number), "+Inf"];

    public static string Write(MetricSet set)
    {
        var page = new StringBuilder(32 * 1024);
        foreach (MetricFamily family in MetricTable.All)
        {
            page.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
            page.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type.ToString().ToLowerInvariant()).Append('\n');
            foreach (MetricSample sample in set.Of(family))
            {
                if (sample.Histogram is { } histogram) AppendHistogram(page, family, sample, histogram);
                else AppendLine(page, family.Name, family, sample, null, Number(sample.Value));
            }
        }

        return page.ToString();
    }

    /// <summary>A backslash, a quote and a line end would end a label's value early.</summary>
    public static string EscapeLabel(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };

    private static string EscapeHelp(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void AppendHistogram(StringBuilder page, MetricFamily family, in MetricSample sample, LatencyHistogram histogram)
    {
        // A bucket counts everything up to its bound. The count is the sum of the buckets seen here: the loop may have gone on since.
        long count = 0;
        for (int i = 0; i < histogram.Buckets.Length; i++)
        {
            count += histogram.Buckets[i];
            AppendLine(page, family.Name + "_bucket", family, sample, BucketBounds[i], count.ToString(CultureInfo.InvariantCulture));
        }

        AppendLine(page, family.Name + "_sum", family, sample, null, Number(histogram.SumSeconds));
        AppendLine(page, family.Name + "_count", family, sample, null, count.ToString(CultureInfo.InvariantCulture));
    }

    private static void AppendLine(StringBuilder page, string name, MetricFamily family, in MetricSample sample, string? bound, string value)
    {
        page.Append(name);
        char before = '{';
        for (int i = 0; i < family.Labels.Length; i++)
        {
            page.Append(before).Append(family.Labels[i]).Append("=\"").Append(EscapeLabel(sample.Labels[i])).Append('"');
            before = ',';
        }

        if (bound is not null)
        {
            page.Append(before).Append("le=\"").Append(bound).Append('"');
            before = ',';
        }

        page.Append(before == ',' ? "} " : " ").Append(value).Append('\n');
    }
}
