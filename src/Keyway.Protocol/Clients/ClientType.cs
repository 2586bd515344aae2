namespace Keyway.Protocol.Clients;

/// <summary>What a client is for, as CLIENT LIST, CLIENT KILL and output limits tell clients apart.</summary>
public enum ClientType
{
    Normal,
    Replica,
    PubSub,
    Master,
}
