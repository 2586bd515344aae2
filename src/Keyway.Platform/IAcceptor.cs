namespace Keyway.Platform;

/// <summary>Decides what becomes of an accepted connection. Called on the listener's loop.</summary>
public interface IAcceptor
{
    /// <summary>Must end in exactly one call of <see cref="EventLoop.Adopt"/> (on any loop, on that loop's thread) or <see cref="AcceptedConnection.Refuse"/>.</summary>
    void OnAccepted(AcceptedConnection accepted);
}
