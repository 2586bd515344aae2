namespace Keyway.Platform.Epoll;

/// <summary>What a descriptor in a loop's epoll set belongs to: a listener or a connection.</summary>
internal interface IEpollSource
{
    /// <param name="generation">Of the registration that the event is for; an older one than the source's own means nothing.</param>
    void OnReady(uint ready, uint generation);

    /// <summary>The loop is going: closes the descriptor and tells nobody.</summary>
    void Release();
}
