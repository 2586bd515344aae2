namespace Keyway.Shard.Persistence.Journal;

/// <summary>A journal's manifest does not say which files the journal has.</summary>
internal sealed class ManifestException(int line, string text, string reason) : Exception(reason)
{
    /// <summary>From 1; 0 when it is no line that is wrong.</summary>
    public int Line { get; } = line;

    /// <summary>The line as it stands.</summary>
    public string Text { get; } = text;
}
