namespace Keyway.Gateway.Users;

/// <summary>What a user lacks.</summary>
internal enum DenialReason : byte
{
    None,
    Command,
    Key,
    Channel,

    /// <summary>The password was wrong, or nobody has that name.</summary>
    Password,
    SortBy,
    SortGet,
}
