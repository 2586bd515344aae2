using System.Diagnostics.Metrics;

namespace Keyway.Metrics;

/// <summary>
/// The same figures as a System.Diagnostics.Metrics meter, for dotnet-counters and OpenTelemetry. All instruments are observable: nothing
/// is published, and nothing is computed, until a listener asks.
/// </summary>
internal sealed class MeterPublisher : IDisposable
{
    public const string MeterName = "Keyway";

    // A listener asks each instrument in turn; they should tell of one moment, read once.
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(200);

    private readonly Meter _meter;
    private readonly MetricsReader _metrics;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private MetricSet? _latest;
    private long _readAt;

    public MeterPublisher(MetricsReader metrics, string version, TimeProvider time)
    {
        _metrics = metrics;
        _time = time;
        _meter = new Meter(MeterName, version);
        foreach (MetricFamily family in MetricTable.All.Where(family => family.Name.StartsWith("keyway_", StringComparison.Ordinal))) Publish(family);
    }

    public void Dispose() => _meter.Dispose();

    private void Publish(MetricFamily family)
    {
        switch (family.Type)
        {
            case MetricType.Counter:
                _meter.CreateObservableCounter(family.Name, () => Measure(family, sample => sample.Value), null, family.Help);
                break;
            case MetricType.Gauge:
                _meter.CreateObservableGauge(family.Name, () => Measure(family, sample => sample.Value), null, family.Help);
                break;
            case MetricType.Histogram:
                // An observable instrument has no buckets; the mean is what a listener can make of these.
                _meter.CreateObservableCounter($"{family.Name}_count", () => Measure(family, sample => sample.Histogram!.Count), null, family.Help);
                _meter.CreateObservableCounter(
                    $"{family.Name}_sum", () => Measure(family, sample => sample.Histogram!.SumSeconds), null, family.Help);
                break;
        }
    }

    private IEnumerable<Measurement<double>> Measure(MetricFamily family, Func<MetricSample, double> value) =>
        [.. Latest().Of(family).Select(sample => new Measurement<double>(value(sample), Tags(family, sample)))];

    private static IEnumerable<KeyValuePair<string, object?>> Tags(MetricFamily family, MetricSample sample) =>
        family.Labels.Select((label, i) => new KeyValuePair<string, object?>(label, sample.Labels[i]));

    private MetricSet Latest()
    {
        lock (_gate)
        {
            if (_latest is null || _time.GetElapsedTime(_readAt) > Freshness)
            {
                _latest = _metrics.Read();
                _readAt = _time.GetTimestamp();
            }

            return _latest;
        }
    }
}
