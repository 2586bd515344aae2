namespace Keyway.Shard.Replication;

/// <summary>
/// Which history of writes a server's data belongs to, and how far it has come: what decides whether a replica may go on where it stopped or must begin
/// anew. Byte N of a history is its Nth byte, the first being byte 1. A value: every turn of events gives another one.
/// </summary>
/// <param name="Id">Forty hexadecimal digits.</param>
/// <param name="Offset">Bytes that the history has, or that a replica has applied of it.</param>
/// <param name="FormerId">The history that this one goes on from; <see cref="NoId"/> when there is none.</param>
/// <param name="FormerEnd">The first byte that the former history does not share; <see cref="NoEnd"/> when there is none.</param>
internal sealed record ReplicationIdentity(string Id, long Offset, string FormerId, long FormerEnd)
{
    public const int IdLength = 40;
    public const long NoEnd = -1;

    public static string NoId { get; } = new('0', IdLength);

    /// <summary>A server that starts with nothing.</summary>
    public static ReplicationIdentity Fresh(string id) => new(id, 0, NoId, NoEnd);

    /// <summary>
    /// A master that comes back with its data as they were at this offset: its replicas know the old name and may go on under it, but what the old
    /// history wrote after that is not known, so a new one begins.
    /// </summary>
    public static ReplicationIdentity Restarted(string savedId, long savedOffset, string newId) => new(newId, savedOffset, savedId, savedOffset + 1);

    /// <summary>A replica that comes back: it asks its master for what follows.</summary>
    public static ReplicationIdentity Resumed(string savedId, long savedOffset) => new(savedId, savedOffset, NoId, NoEnd);

    public ReplicationIdentity Advanced(long bytes) => this with { Offset = Offset + bytes };

    /// <summary>
    /// Writes were not counted before now, or no longer are: nobody may go on from the old name, since what he lacks is not known. The offset stays.
    /// </summary>
    public ReplicationIdentity Renamed(string newId) => new(newId, Offset, NoId, NoEnd);

    /// <summary>A replica has become a master: its history is its master's up to here, and its own from here on.</summary>
    public ReplicationIdentity Promoted(string newId) => new(newId, Offset, Id, Offset + 1);

    /// <summary>A replica has loaded its master's data.</summary>
    public static ReplicationIdentity Copied(string masterId, long offset) => new(masterId, offset, NoId, NoEnd);

    /// <summary>Its master lets a replica go on, perhaps under another name since the master was promoted.</summary>
    public ReplicationIdentity Continued(string masterId) => SameId(masterId, Id) ? this : new(masterId, Offset, Id, Offset + 1);

    /// <summary>Whether somebody who has applied the other history up to before this byte has nothing that this history lacks.</summary>
    public bool Shares(string otherId, long nextByte) =>
        SameId(otherId, Id) || (FormerEnd != NoEnd && SameId(otherId, FormerId) && nextByte <= FormerEnd);

    /// <summary>Whether the other history is the one that this one goes on from.</summary>
    public bool IsFormer(string otherId) => FormerEnd != NoEnd && SameId(otherId, FormerId);

    public static bool IsId(ReadOnlySpan<byte> text)
    {
        if (text.Length != IdLength) return false;
        foreach (byte character in text)
        {
            if (!char.IsAsciiHexDigit((char)character)) return false;
        }

        return true;
    }

    private static bool SameId(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
