namespace Keyway.Sentinel.Commands;

/// <summary>As CLIENT LIST and CLIENT KILL tell clients apart.</summary>
internal enum ClientType
{
    Normal,
    PubSub,

    /// <summary>A replica or a master: nobody's type here.</summary>
    Other,
}
