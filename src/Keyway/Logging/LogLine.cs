using Microsoft.Extensions.Logging;

namespace Keyway.Logging;

/// <summary>What one entry of the log says, before it has a form.</summary>
/// <param name="Message">Rendered; printable.</param>
/// <param name="Fields">The message's own values, printable, for formats that keep them apart.</param>
internal readonly record struct LogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Id,
    string Message,
    IReadOnlyList<KeyValuePair<string, string>> Fields,
    Exception? Exception);
