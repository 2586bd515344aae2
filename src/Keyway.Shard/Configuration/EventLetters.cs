namespace Keyway.Shard.Configuration;

/// <summary>The letters of notify-keyspace-events.</summary>
internal static class EventLetters
{
    /// <summary>What "A" stands for.</summary>
    public const string All = "g$lshzxetd";

    /// <summary>Beside an "A" CONFIG GET does not show the "n" that is there.</summary>
    public const char Hidden = 'n';

    public static string Shown(string value) => value.StartsWith('A') ? value.TrimEnd(Hidden) : value;

    public static KeyspaceEvents Parse(string value)
    {
        var events = KeyspaceEvents.None;
        foreach (char letter in value) events |= ClassOf(letter);
        return events;
    }

    private static KeyspaceEvents ClassOf(char letter) => letter switch
    {
        'A' => KeyspaceEvents.All,
        'K' => KeyspaceEvents.Keyspace,
        'E' => KeyspaceEvents.Keyevent,
        'g' => KeyspaceEvents.Generic,
        '$' => KeyspaceEvents.String,
        'l' => KeyspaceEvents.List,
        's' => KeyspaceEvents.Set,
        'h' => KeyspaceEvents.Hash,
        'z' => KeyspaceEvents.SortedSet,
        'x' => KeyspaceEvents.Expired,
        'e' => KeyspaceEvents.Evicted,
        't' => KeyspaceEvents.Stream,
        'm' => KeyspaceEvents.KeyMiss,
        'd' => KeyspaceEvents.Module,
        'n' => KeyspaceEvents.New,
        _ => KeyspaceEvents.None,
    };
}
