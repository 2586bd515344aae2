namespace Keyway.Benchmarks.OpenLoop;

/// <summary>One request of a load: when it was due, on the stopwatch, and how long after that it had its reply.</summary>
internal readonly record struct LoadSample(long DueTimestamp, long Nanoseconds);
