namespace Keyway.Configuration;

/// <summary>A file that a person named and that cannot be read: which exceptions mean it, and how to say it.</summary>
internal static class Unreadable
{
    public static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    public static string Why(Exception exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : exception.Message.TrimEnd('.');
}
