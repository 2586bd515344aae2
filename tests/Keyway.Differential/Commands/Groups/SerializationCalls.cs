namespace Keyway.Differential.Commands.Groups;

/// <summary>DUMP and RESTORE, with payloads that a real server has made before.</summary>
internal static class SerializationCalls
{
    public static CommandGroup Group { get; } = new("dump")
    {
        { "DUMP", 20, d => ["DUMP", d.AnyKey()] },
        { "RESTORE", 40, d => ["RESTORE", d.Pick($"none:{d.Below(50)}", d.AnyKey()), Ttl(d), d.Payload(), .. Options(d)] },
        { "RESTORE:damaged", 6, d => ["RESTORE", d.AnyKey(), "0", Damaged(d), "REPLACE"] },
        { "RESTORE-ASKING", 2, d => ["RESTORE-ASKING", $"none:{d.Below(50)}", Ttl(d), d.Payload(), .. Options(d)] },
        { "DEL:restored", 8, d => ["DEL", $"none:{d.Below(50)}", $"none:{d.Below(50)}"] },
        { "OBJECT ENCODING", 6, d => ["OBJECT", "ENCODING", d.AnyKey()] },
        { "DEBUG DIGEST-VALUE", 6, d => ["DEBUG", "DIGEST-VALUE", d.AnyKey()] },
        { "HGETALL:restored", 3, d => ["HGETALL", d.Pick($"none:{d.Below(50)}", d.AnyKey())] },
        { "LRANGE:restored", 3, d => ["LRANGE", d.Pick($"none:{d.Below(50)}", d.AnyKey()), "0", "-1"] },
        { "XRANGE:restored", 3, d => ["XRANGE", d.Pick($"none:{d.Below(50)}", d.AnyKey()), "-", "+"] },
        { "XADD:restored", 3, d => ["XADD", d.Pick($"none:{d.Below(50)}", d.AnyKey()), d.NewId(), "f", d.Value()] },
        { "GET:restored", 3, d => ["GET", d.Pick($"none:{d.Below(50)}", d.AnyKey())] },
        { "ZRANGE:restored", 3, d => ["ZRANGE", d.Pick($"none:{d.Below(50)}", d.AnyKey()), "0", "-1", "WITHSCORES"] },
    };

    private static string Ttl(Dice d) => d.Percent(70) ? "0" : d.Percent(85) ? d.LifetimeMs() : d.Pick("-1", "x", "9223372036854775807", "");

    private static string[] Options(Dice d) => d.Percent(96)
        ? d.Shuffled(d.Often(65, d.AnyCase("REPLACE")), d.Often(10, d.AnyCase("ABSTTL")), d.Often(10, "IDLETIME", d.Percent(90) ? "1000" : d.Integer()), d.Often(10, "FREQ", d.Percent(90) ? $"{d.Below(256)}" : d.Integer()))
        : d.Some(["REPLACE"], ["foo"], ["IDLETIME"], ["FREQ", "256"], ["IDLETIME", "-1"], ["IDLETIME", "1", "FREQ", "1"]);

    private static string Damaged(Dice d)
    {
        string payload = d.Payload();
        if (payload.Length == 0) return d.RandomBytes(d.Below(30));
        int at = d.Below(payload.Length);
        return d.Below(4) switch
        {
            0 => payload[..at],
            1 => payload[..at] + (char)d.Below(256) + payload[(at + 1)..],
            2 => payload + d.RandomBytes(1),
            _ => payload[..^10] + (char)d.Pick([9, 10, 11]) + payload[^9..],
        };
    }
}
