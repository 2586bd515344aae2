using Keyway.Gateway.Metrics;

namespace Keyway.Metrics;

/// <summary>One value of a metric at one moment.</summary>
/// <param name="Labels">The values of the family's labels, in their order.</param>
/// <param name="Histogram">For histograms, which have no single value.</param>
internal readonly record struct MetricSample(string[] Labels, double Value, LatencyHistogram? Histogram = null);
