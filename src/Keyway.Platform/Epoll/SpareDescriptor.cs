using System.Runtime.InteropServices;

namespace Keyway.Platform.Epoll;

/// <summary>
/// One descriptor held back. When none is left, a waiting client cannot be accepted, and level-triggered epoll would report it again at
/// once, for ever: giving up the spare lets it be accepted and closed, so that it learns of its refusal and the loop can sleep.
/// </summary>
internal sealed class SpareDescriptor : IDisposable
{
    private int descriptor = Open();

    /// <returns>False when even the spare is gone: whoever asks must wait a while.</returns>
    public bool GiveUp()
    {
        if (descriptor < 0) return false;

        _ = Libc.Close(descriptor);
        descriptor = -1;
        return true;
    }

    public void TakeBack()
    {
        if (descriptor < 0) descriptor = Open();
    }

    public void Dispose() => GiveUp();

    private static int Open() => Libc.EventDescriptor(0, Libc.EventNonBlockCloseOnExec);
}
