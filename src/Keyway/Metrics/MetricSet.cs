using System.Diagnostics;
using Keyway.Gateway.Metrics;

namespace Keyway.Metrics;

/// <summary>All values of one moment, by metric.</summary>
internal sealed class MetricSet
{
    private readonly Dictionary<MetricFamily, List<MetricSample>> _samples = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<MetricSample> Of(MetricFamily family) => _samples.TryGetValue(family, out List<MetricSample>? samples) ? samples : [];

    public void Add(MetricFamily family, double value, params string[] labels) => Add(family, new MetricSample(labels, value));

    public void Add(MetricFamily family, LatencyHistogram histogram, params string[] labels) => Add(family, new MetricSample(labels, 0, histogram));

    private void Add(MetricFamily family, MetricSample sample)
    {
        Debug.Assert(sample.Labels.Length == family.Labels.Length && sample.Histogram is not null == (family.Type == MetricType.Histogram));
        if (!_samples.TryGetValue(family, out List<MetricSample>? samples)) _samples.Add(family, samples = []);
        samples.Add(sample);
    }
}
