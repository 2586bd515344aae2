using Keyway.Gateway.Links;

namespace Keyway.Gateway.Sessions;

/// <summary>What a client has set for itself by AUTH, HELLO, SELECT and CLIENT; RESET puts it back.</summary>
internal sealed class SessionState
{
    private readonly bool _needsNoPassword;

    public SessionState(long id, bool needsNoPassword)
    {
        Id = id;
        _needsNoPassword = needsNoPassword;
        IsAuthenticated = needsNoPassword;
    }

    /// <summary>What keeps its requests off the straight road.</summary>
    public SessionModes Modes { get; private set; }

    /// <summary>CLIENT ID: never given twice.</summary>
    public long Id { get; }

    public bool IsAuthenticated
    {
        get => !Has(SessionModes.Unauthenticated);
        set => Set(SessionModes.Unauthenticated, !value);
    }

    public bool Resp3
    {
        get => LinkKey.Resp3;
        set => LinkKey = new LinkKey(value, LinkKey.Database);
    }

    public int Database
    {
        get => LinkKey.Database;
        set => LinkKey = new LinkKey(LinkKey.Resp3, value);
    }

    /// <summary>Which kind of link serves this client: its protocol and its database.</summary>
    public LinkKey LinkKey { get; private set; }

    /// <summary>CLIENT SETNAME; empty for none.</summary>
    public byte[] Name { get; set; } = [];

    public bool Has(SessionModes mode) => (Modes & mode) != 0;

    public void Set(SessionModes mode, bool on) => Modes = on ? Modes | mode : Modes & ~mode;

    public void Reset()
    {
        IsAuthenticated = _needsNoPassword;
        LinkKey = default;
        Name = [];
    }
}
