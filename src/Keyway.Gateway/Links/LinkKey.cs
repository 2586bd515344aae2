namespace Keyway.Gateway.Links;

/// <summary>What a link is and never changes: its RESP version and its database. One comparison of two ints on the hot path.</summary>
internal readonly record struct LinkKey(int Value)
{
    public LinkKey(bool resp3, int database)
        : this((database << 1) | (resp3 ? 1 : 0)) { }

    public bool Resp3 => (Value & 1) != 0;

    public int Database => Value >> 1;
}
