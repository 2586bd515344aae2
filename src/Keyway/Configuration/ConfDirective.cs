namespace Keyway.Configuration;

/// <summary>One redis.conf directive for an included shard.</summary>
public sealed record ConfDirective(string Name, string Value, int Line);
