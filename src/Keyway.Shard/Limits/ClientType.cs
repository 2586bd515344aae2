namespace Keyway.Shard.Limits;

/// <summary>What a client is for, as CLIENT LIST's TYPE and client-output-buffer-limit tell clients apart.</summary>
internal enum ClientType
{
    Normal,
    Replica,
    PubSub,
    Master,
}
