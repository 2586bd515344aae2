namespace Keyway.Protocol;

/// <summary>How far a header line has come.</summary>
internal enum HeaderStatus : byte
{
    Incomplete,
    Complete,
    TooLong,
}
