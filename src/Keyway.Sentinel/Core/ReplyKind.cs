namespace Keyway.Sentinel.Core;

internal enum ReplyKind
{
    Status,
    Error,
    Bulk,
    Integer,
    Array,

    /// <summary>Null, or anything else that no command of ours is answered with.</summary>
    Other,
}
