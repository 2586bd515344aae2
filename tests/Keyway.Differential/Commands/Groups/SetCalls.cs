namespace Keyway.Differential.Commands.Groups;

internal static class SetCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("set", Kind.Set)
    {
        { "SADD", 30, d => ["SADD", d.Key(Kind.Set), .. d.Many(d.Members())] },
        { "SADD:mixed", 10, d => ["SADD", d.Key(Kind.Set), .. d.Few(d.Member)] },
        { "SREM", 12, d => ["SREM", d.Key(Kind.Set), .. d.Many(d.Members())] },
        { "SCARD", 8, d => ["SCARD", d.Key(Kind.Set)] },
        { "SISMEMBER", 8, d => ["SISMEMBER", d.Key(Kind.Set), d.Member()] },
        { "SMISMEMBER", 8, d => ["SMISMEMBER", d.Key(Kind.Set), .. d.Few(d.Member)] },
        { "SMEMBERS", 12, d => ["SMEMBERS", d.Key(Kind.Set)] },
        { "SMOVE", 10, d => ["SMOVE", d.Key(Kind.Set), d.Key(Kind.Set), d.Member()] },
        { "SPOP", 8, d => ["SPOP", d.Key(Kind.Set), .. d.Maybe(d.Count())] },
        { "SRANDMEMBER", 8, d => ["SRANDMEMBER", d.Key(Kind.Set), .. d.Maybe(d.Repetitions())] },
        { "SUNION", 8, d => ["SUNION", .. d.Few(() => d.Key(Kind.Set))] },
        { "SINTER", 8, d => ["SINTER", .. d.Few(() => d.Key(Kind.Set))] },
        { "SDIFF", 8, d => ["SDIFF", .. d.Few(() => d.Key(Kind.Set))] },
        { "SUNIONSTORE", 8, d => ["SUNIONSTORE", d.Key(Kind.Set), .. d.Few(() => d.Key(Kind.Set))] },
        { "SINTERSTORE", 8, d => ["SINTERSTORE", d.Key(Kind.Set), .. d.Few(() => d.Key(Kind.Set))] },
        { "SDIFFSTORE", 8, d => ["SDIFFSTORE", d.Key(Kind.Set), .. d.Few(() => d.Key(Kind.Set))] },
        { "SINTERCARD", 10, d => ["SINTERCARD", .. d.Counted(() => d.Key(Kind.Set)), .. d.Maybe(d.AnyCase("LIMIT"), d.Count()), .. d.Often(2, "foo")] },
        { "SSCAN", 8, d => ["SSCAN", d.Key(Kind.Set), HashCalls.Cursor(d), .. HashCalls.ScanOptions(d)] },
        { "OBJECT ENCODING", 6, d => ["OBJECT", "ENCODING", d.Key(Kind.Set)] },
    };
}
