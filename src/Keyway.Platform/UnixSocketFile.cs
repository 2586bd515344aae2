using System.Net.Sockets;

namespace Keyway.Platform;

/// <summary>The file that a Unix socket is found by. It outlives a server that was killed, and must not be taken from one that lives.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes what a dead server has left, so that the name can be bound again.</summary>
    /// <exception cref="AddressInUseException">Somebody answers there, or the file is not a socket.</exception>
    public static void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        if (PathOf(endPoint) is not { } path || !Path.Exists(path)) return;

        if (!IsSocket(path)) throw new AddressInUseException($"{path} exists and is not a socket.");
        if (SomebodyAnswers(endPoint)) throw new AddressInUseException(PortHolder.Describe(endPoint));
        File.Delete(path);
    }

    /// <summary>For a listener that has closed: if somebody answers, the name is another's by now and stays.</summary>
    public static void RemoveOwn(UnixDomainSocketEndPoint endPoint)
    {
        try
        {
            if (PathOf(endPoint) is { } path && Path.Exists(path) && IsSocket(path) && !SomebodyAnswers(endPoint)) File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What stays is stale, and the next to bind the name removes it.
        }
    }

    public static void SetMode(UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows() && PathOf(endPoint) is { } path) File.SetUnixFileMode(path, mode);
    }

    // Abstract names, which are shown with an @, have no file.
    private static string? PathOf(UnixDomainSocketEndPoint endPoint) => endPoint.ToString() is ['@', ..] ? null : endPoint.ToString();

    // There is no portable way to ask for a file's kind, but a socket is what exists and cannot be opened.
    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path)) return false;

        try
        {
            using var opened = File.OpenHandle(path);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool SomebodyAnswers(UnixDomainSocketEndPoint endPoint)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException error)
        {
            // A full queue of waiting clients is an answer too.
            return error.SocketErrorCode is not SocketError.ConnectionRefused and not SocketError.AddressNotAvailable;
        }
    }
}
