namespace Keyway.Sentinel.Core;

/// <summary>Redis's log levels. What is only of Debug level is logged and not published.</summary>
internal enum EventLevel
{
    Debug,
    Verbose,
    Notice,
    Warning,
}
