namespace Keyway.Gateway.Local.Clients;

/// <summary>What a client is for. Of a gateway nobody is a master or a replica.</summary>
internal enum ClientType : byte
{
    Normal,
    PubSub,
    Replica,
    Master,
}
