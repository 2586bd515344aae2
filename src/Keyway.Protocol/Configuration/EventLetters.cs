namespace Keyway.Protocol.Configuration;

/// <summary>The letters of notify-keyspace-events.</summary>
public static class EventLetters
{
    /// <summary>What "A" stands for.</summary>
    public const string All = "g$lshzxetd";

    /// <summary>Beside an "A" CONFIG GET does not show the "n" that is there.</summary>
    public const char Hidden = 'n';

    public static string Shown(string value) => value.StartsWith('A') ? value.TrimEnd(Hidden) : value;
}
