using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Local.Clients;

/// <summary>Which clients CLIENT KILL closes: those that satisfy all that was said. Written before it is asked on other loops, and not after.</summary>
internal sealed class ClientFilter
{
    public long Id { get; set; }

    public string? Address { get; set; }

    public string? LocalAddress { get; set; }

    public string? User { get; set; }

    public ClientType? Type { get; set; }

    public bool SparesSelf { get; set; } = true;

    public bool Takes(ClientSession session, long self) =>
        (!SparesSelf || session.State.Id != self)
        && (Id == 0 || session.State.Id == Id)
        && (Type is null || session.Type == Type)
        && (User is null || session.State.UserName == User)
        && (Address is null || SessionDescription.Address(session.Connection.RemoteEndPoint) == Address)
        && (LocalAddress is null || SessionDescription.Address(session.Connection.LocalEndPoint) == LocalAddress);
}
