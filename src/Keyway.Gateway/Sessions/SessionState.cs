using Keyway.Gateway.Links;
using Keyway.Gateway.Users;

namespace Keyway.Gateway.Sessions;

/// <summary>What a client has set for itself by AUTH, HELLO, SELECT and CLIENT; RESET puts it back.</summary>
internal sealed class SessionState
{
    private ReplyMode _replies;

    public SessionState(long id, User user)
    {
        Id = id;
        User = user;
        Become(user, hasShownPassword: false);
    }

    /// <summary>What keeps its requests off the straight road.</summary>
    public SessionModes Modes { get; private set; }

    /// <summary>CLIENT ID: never given twice.</summary>
    public long Id { get; }

    /// <summary>Who it is, or would be once it had shown the password.</summary>
    public User User { get; private set; }

    public string UserName => User.Name;

    public bool IsAuthenticated => !Has(SessionModes.Unauthenticated);

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

    /// <summary>CLIENT SETINFO; empty for none.</summary>
    public byte[] LibraryName { get; set; } = [];

    public byte[] LibraryVersion { get; set; } = [];

    /// <summary>CLIENT NO-EVICT. Nobody is evicted here; it is only shown.</summary>
    public bool IsExemptFromEviction { get; set; }

    /// <summary>CLIENT REPLY.</summary>
    public ReplyMode Replies
    {
        get => _replies;
        set
        {
            _replies = value;
            Set(SessionModes.Muted, value != ReplyMode.On);
        }
    }

    public bool Has(SessionModes mode) => (Modes & mode) != 0;

    public void Set(SessionModes mode, bool on) => Modes = on ? Modes | mode : Modes & ~mode;

    /// <param name="hasShownPassword">Otherwise it is that user only if the user needs none.</param>
    public void Become(User user, bool hasShownPassword)
    {
        User = user;
        Set(SessionModes.Unauthenticated, !hasShownPassword && !user.NeedsNoPassword);
        Set(SessionModes.Restricted, user.IsRestricted);
    }

    /// <summary>A request has been answered: whoever wanted to miss its reply hears the next one.</summary>
    public void AfterUnheard()
    {
        if (Replies == ReplyMode.Skip) Replies = ReplyMode.On;
        else if (Replies == ReplyMode.SkipNext) Replies = ReplyMode.Skip;
    }

    /// <summary>As the connection began. What the library has said of itself stays true.</summary>
    /// <param name="user">The default user.</param>
    public void Reset(User user)
    {
        Become(user, hasShownPassword: false);
        LinkKey = default;
        Name = [];
        if (Replies == ReplyMode.Off) Replies = ReplyMode.On;
    }
}
