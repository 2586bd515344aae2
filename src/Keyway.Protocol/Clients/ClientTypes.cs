using System.Text;

namespace Keyway.Protocol.Clients;

/// <summary>The words for them.</summary>
public static class ClientTypes
{
    /// <param name="error">What the client is told of a word that is no type.</param>
    public static bool TryParse(ReadOnlySpan<byte> word, out ClientType type, out byte[] error)
    {
        error = [];
        type = ClientType.Normal;
        if (Ascii.EqualsIgnoreCase(word, "NORMAL"u8)) return true;
        if (Ascii.EqualsIgnoreCase(word, "PUBSUB"u8)) type = ClientType.PubSub;
        else if (Ascii.EqualsIgnoreCase(word, "REPLICA"u8) || Ascii.EqualsIgnoreCase(word, "SLAVE"u8)) type = ClientType.Replica;
        else if (Ascii.EqualsIgnoreCase(word, "MASTER"u8)) type = ClientType.Master;
        else error = [.. "ERR Unknown client type '"u8, .. word, .. "'"u8];
        return error.Length == 0;
    }
}
