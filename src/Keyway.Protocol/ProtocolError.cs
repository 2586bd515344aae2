namespace Keyway.Protocol;

/// <summary>Why a request is none. One byte, so that the states that carry it stay plain structs.</summary>
internal enum ProtocolError : byte
{
    None,
    CountLineTooLong,
    BulkLineTooLong,
    InlineTooLong,
    InvalidCount,
    InvalidBulkLength,
    UnauthenticatedCount,
    UnauthenticatedBulkLength,
    ExpectedBulk,
    UnbalancedQuotes,
    MissingLineEnd,
}
