using System.Net;

namespace Keyway.Platform;

/// <summary>A connection that nobody owns yet. It may be carried to another loop's thread and adopted there.</summary>
public abstract class AcceptedConnection
{
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Says a last word (may be empty), best effort and without blocking, and closes.</summary>
    public abstract void Refuse(ReadOnlySpan<byte> lastWord);
}
