namespace Keyway.Protocol;

/// <summary>How far a request has come.</summary>
public enum RequestStatus : byte
{
    /// <summary>The request is whole.</summary>
    Complete,

    /// <summary>All bytes so far belong to the request, and more must come.</summary>
    Incomplete,

    /// <summary>Bytes that ask for nothing: an empty inline line, <c>*0</c>, <c>*-n</c>. Skip them.</summary>
    Empty,

    /// <summary>No further bytes could make it a request: answer the error and close.</summary>
    Error,
}
