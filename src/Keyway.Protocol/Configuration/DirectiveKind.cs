namespace Keyway.Protocol.Configuration;

/// <summary>What a directive's value is, which decides what is accepted and how CONFIG GET shows it.</summary>
public enum DirectiveKind
{
    Text,
    Boolean,
    Integer,
    Octal,

    /// <summary>Bytes, with units: 1gb.</summary>
    Memory,

    /// <summary>Bytes, or a percentage of maxmemory: 5%.</summary>
    MemoryOrPercent,

    /// <summary>One of the row's words.</summary>
    Choice,

    /// <summary>Words, each from the same directive anew: bind 127.0.0.1 ::1.</summary>
    Words,

    /// <summary>replicaof: host and port, or "no one".</summary>
    MasterAddress,

    /// <summary>save: pairs of seconds and changes.</summary>
    SavePoints,

    /// <summary>client-output-buffer-limit: class, hard, soft, seconds.</summary>
    BufferLimits,

    /// <summary>notify-keyspace-events: letters.</summary>
    EventClasses,

    /// <summary>oom-score-adj-values: three numbers.</summary>
    OomScores,

    /// <summary>latency-tracking-info-percentiles: numbers up to 100.</summary>
    Percentiles,

    /// <summary>shutdown-on-sigint: several of the row's words.</summary>
    SignalActions,
}
