namespace Keyway.Protocol.Clients;

/// <summary>A client as others may ask for it.</summary>
public interface IDescribedClient
{
    long Id { get; }

    ClientType Type { get; }

    string UserName { get; }

    /// <summary>ip:port, or a Unix socket's path and ":0".</summary>
    string Address { get; }

    /// <summary>The same of our end.</summary>
    string LocalAddress { get; }
}
