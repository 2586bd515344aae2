namespace Keyway.Shard.Configuration;

/// <summary>What the letters of notify-keyspace-events ask for.</summary>
internal static class EventClasses
{
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
