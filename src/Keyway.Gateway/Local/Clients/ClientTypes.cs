using System.Text;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Clients;

/// <summary>The words for them.</summary>
internal static class ClientTypes
{
    public static bool TryParse(ReadOnlySpan<byte> word, out ClientType type)
    {
        type = ClientType.Normal;
        if (Ascii.EqualsIgnoreCase(word, "NORMAL"u8)) return true;
        if (Ascii.EqualsIgnoreCase(word, "PUBSUB"u8)) type = ClientType.PubSub;
        else if (Ascii.EqualsIgnoreCase(word, "REPLICA"u8) || Ascii.EqualsIgnoreCase(word, "SLAVE"u8)) type = ClientType.Replica;
        else if (Ascii.EqualsIgnoreCase(word, "MASTER"u8)) type = ClientType.Master;
        return type != ClientType.Normal;
    }
}
