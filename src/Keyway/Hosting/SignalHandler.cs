using System.Runtime.InteropServices;

namespace Keyway.Hosting;

/// <summary>Takes a signal over from the runtime, which would end the process.</summary>
internal static class SignalHandler
{
    /// <summary>The action must return soon: it stands before all other signals.</summary>
    /// <returns>Dispose to give the signal back.</returns>
    public static IDisposable On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, received =>
    {
        received.Cancel = true;
        action();
    });
}
