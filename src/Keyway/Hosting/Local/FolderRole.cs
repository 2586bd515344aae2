namespace Keyway.Hosting.Local;

/// <summary>What the file with a server's settings says of its role.</summary>
internal enum FolderRole : byte
{
    /// <summary>There is no such file: no server has run there as one of several.</summary>
    Unknown,

    Master,

    Replica,
}
