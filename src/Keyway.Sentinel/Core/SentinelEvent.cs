namespace Keyway.Sentinel.Core;

/// <summary>Something that happened: published on the channel <see cref="Type"/> with <see cref="Text"/>, logged as both with a space between.</summary>
internal sealed record SentinelEvent(EventLevel Level, string Type, string Text)
{
    /// <summary>The master that it concerns, where it concerns one.</summary>
    public MonitoredMaster? Master { get; init; }
}
