namespace Keyway.Metrics;

/// <summary>The word behind # TYPE is the name in lower case.</summary>
internal enum MetricType : byte
{
    Counter,
    Gauge,
    Histogram,
}
