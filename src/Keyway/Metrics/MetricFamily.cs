namespace Keyway.Metrics;

/// <summary>One metric: its name, what it means, and the names of its labels in their order.</summary>
internal sealed record MetricFamily(string Name, MetricType Type, string Help, params string[] Labels);
