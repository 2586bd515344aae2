namespace Keyway.Configuration;

/// <summary>Reads addresses: those to listen on must be this machine's, those to connect to may be any host's.</summary>
internal static class AddressReader
{
    public static Address? Listen(ScalarNode scalar, bool allowUnix, Problems problems)
    {
        if (!Address.TryParse(scalar.Text, out Address? address) || (address!.IsUnix && !allowUnix))
        {
            problems.Error(scalar.At, $"'{scalar.Text}' is no address to listen on",
                allowUnix ? "write 127.0.0.1:6379, [::1]:6379 or unix:/path" : "write 127.0.0.1:9380");
            return null;
        }

        if (address.TryToListenEndPoint(out _)) return address;

        problems.Error(scalar.At, $"'{address.Host}' is a host name, and only an IP address of this machine can be listened on",
            "write 0.0.0.0 for every interface");
        return null;
    }

    public static Address? Node(ScalarNode scalar, bool allowUnix, Problems problems)
    {
        if (Address.TryParse(scalar.Text, out Address? address) && (address!.IsUnix ? allowUnix : address.Port > 0 && !address.IsEveryInterface))
            return address;

        problems.Error(scalar.At, $"'{scalar.Text}' is no address of a server", allowUnix ? "write host:port or unix:/path" : "write host:port");
        return null;
    }
}
