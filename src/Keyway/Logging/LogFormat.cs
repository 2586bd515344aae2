namespace Keyway.Logging;

/// <summary>How lines of the log look.</summary>
public enum LogFormat : byte
{
    /// <summary>For people: time, level, who, text.</summary>
    Text,

    /// <summary>One JSON object a line, for log collectors.</summary>
    Json,

    /// <summary>As redis-server writes them, for tools that wait for its words.</summary>
    Redis,
}
