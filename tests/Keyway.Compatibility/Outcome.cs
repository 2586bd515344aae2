namespace Keyway.Compatibility;

/// <summary>What came of a subject.</summary>
/// <param name="Works">Null where something that it needs is not installed; the text says what.</param>
/// <param name="Text">Everything that the script printed.</param>
public sealed record Outcome(bool? Works, string Text, TimeSpan Duration);
