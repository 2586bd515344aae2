using System.Net;
using Keyway.Platform.Tls;

namespace Keyway.Platform.Tests.Contract;

/// <summary>A kind of loop and a kind of endpoint to run the contract on, and a way to wait for what they do.</summary>
public abstract class LoopWorld : IAsyncDisposable
{
    /// <summary>A loop that turns already.</summary>
    public abstract EventLoop NewLoop();

    /// <summary>Where nobody listens yet; for TCP with port 0.</summary>
    public abstract EndPoint NewEndPoint();

    /// <summary>Where nobody will listen.</summary>
    public abstract EndPoint DeadEndPoint();

    /// <summary>Not null: all connections of this world speak TLS.</summary>
    public TlsServerSettings? ServerTls { get; init; }

    public TlsClientSettings? ClientTls { get; init; }

    public Connection Connect(EventLoop loop, EndPoint endPoint, ConnectionHandler handler) => loop.Connect(endPoint, handler, ClientTls);

    /// <summary>Does the work on the loop's thread, within a turn.</summary>
    public Task<T> On<T>(EventLoop loop, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return Until(done.Task);
    }

    public Task On(EventLoop loop, Action work) => On(loop, () =>
    {
        work();
        return true;
    });

    /// <summary>Waits, not for ever, until the task is done.</summary>
    public abstract Task<T> Until<T>(Task<T> task);

    /// <summary>Makes that much time pass on the loops' clock: at once where it can be set.</summary>
    public abstract void Pass(TimeSpan time);

    public abstract ValueTask DisposeAsync();
}
