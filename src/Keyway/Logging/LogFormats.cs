namespace Keyway.Logging;

/// <summary>The formats by the names of the command line.</summary>
internal static class LogFormats
{
    /// <returns>Null for a name that is none.</returns>
    public static LogFormat? Find(string name) => name switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        "redis" => LogFormat.Redis,
        _ => null,
    };
}
