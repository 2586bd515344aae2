using System.Text;

namespace Keyway.Protocol.Clients;

/// <summary>Which clients CLIENT KILL is about: those that satisfy all that was said. It does not change once it has been read.</summary>
public sealed class ClientFilter
{
    private long _id;
    private string? _address;
    private string? _localAddress;
    private string? _user;
    private ClientType? _type;

    private ClientFilter()
    {
    }

    /// <summary>The one client that is meant; 0 when it is not one.</summary>
    public long Id => _id;

    /// <summary>Who asks is not among them.</summary>
    public bool SparesSelf { get; private set; } = true;

    /// <summary>CLIENT KILL ip:port.</summary>
    public static ClientFilter Of(ReadOnlySpan<byte> address) => new() { _address = Encoding.Latin1.GetString(address), SparesSelf = false };

    /// <summary>CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no].</summary>
    /// <param name="error">What the client is told when something is wrong with it; the result is null then.</param>
    public static ClientFilter? Read(Arguments arguments, UserLookup hasUser, out byte[] error)
    {
        var filter = new ClientFilter();
        error = [];
        for (int i = 2; i < arguments.Count && error.Length == 0; i += 2)
            error = i + 1 == arguments.Count ? SyntaxError() : filter.ReadOption(arguments[i], arguments[i + 1], hasUser);
        return error.Length == 0 ? filter : null;
    }

    /// <param name="self">The number of whoever asks.</param>
    public bool Takes(IDescribedClient client, long self) =>
        (!SparesSelf || client.Id != self)
        && (_id == 0 || client.Id == _id)
        && (_type is null || client.Type == _type)
        && (_user is null || client.UserName == _user)
        && (_address is null || client.Address == _address)
        && (_localAddress is null || client.LocalAddress == _localAddress);

    private byte[] ReadOption(ReadOnlySpan<byte> word, ReadOnlySpan<byte> value, UserLookup hasUser)
    {
        byte[] error = [];
        if (Ascii.EqualsIgnoreCase(word, "ID"u8))
        {
            if (!RespNumber.TryParseLong(value, out _id) || _id < 1) error = [.. "ERR client-id should be greater than 0"u8];
        }
        else if (Ascii.EqualsIgnoreCase(word, "TYPE"u8))
        {
            if (ClientTypes.TryParse(value, out ClientType type, out error)) _type = type;
        }
        else if (Ascii.EqualsIgnoreCase(word, "ADDR"u8))
        {
            _address = Encoding.Latin1.GetString(value);
        }
        else if (Ascii.EqualsIgnoreCase(word, "LADDR"u8))
        {
            _localAddress = Encoding.Latin1.GetString(value);
        }
        else if (Ascii.EqualsIgnoreCase(word, "USER"u8))
        {
            if (hasUser(value)) _user = Encoding.Latin1.GetString(value);
            else error = [.. "ERR No such user '"u8, .. value, .. "'"u8];
        }
        else if (Ascii.EqualsIgnoreCase(word, "SKIPME"u8) && (Ascii.EqualsIgnoreCase(value, "YES"u8) || Ascii.EqualsIgnoreCase(value, "NO"u8)))
        {
            SparesSelf = Ascii.EqualsIgnoreCase(value, "YES"u8);
        }
        else
        {
            error = SyntaxError();
        }

        return error;
    }

    private static byte[] SyntaxError() => [.. "ERR syntax error"u8];
}
