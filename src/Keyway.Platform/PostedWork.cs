namespace Keyway.Platform;

/// <summary>Either an action or what an <c>await</c> continues with.</summary>
internal readonly struct PostedWork(Action? action, SendOrPostCallback? callback, object? state)
{
    public void Run()
    {
        if (action != null) action();
        else callback!(state);
    }
}
