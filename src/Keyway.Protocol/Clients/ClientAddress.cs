using System.Net;

namespace Keyway.Protocol.Clients;

/// <summary>How a client's address is written: as Redis writes it.</summary>
public static class ClientAddress
{
    /// <param name="unixPath">Who comes through a Unix socket has no name of its own: both ends go by the socket's path. Null: the end's own name.</param>
    public static string Of(EndPoint? endPoint, string? unixPath = null) => endPoint switch
    {
        IPEndPoint ip => ip.ToString(),
        _ when unixPath is not null => $"{unixPath}:0",
        null => "",
        _ => $"{endPoint}:0",
    };
}
