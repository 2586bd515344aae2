using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Tests.Contract;

/// <summary>Real loops, each on a thread of its own.</summary>
public sealed class ThreadedWorld(Func<EventLoop> create, ThreadedWorld.Kind kind) : LoopWorld
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly List<(EventLoop Loop, Thread Thread)> loops = [];
    private readonly string folder = Directory.CreateTempSubdirectory("keyway-").FullName;
    private int names;
    private Socket? holder;

    public enum Kind
    {
        Tcp,
        TcpV6,
        Unix,
        InProcess,
    }

    public override EventLoop NewLoop()
    {
        EventLoop loop = create();
        var thread = new Thread(loop.Run) { IsBackground = true, Name = "loop" };
        loops.Add((loop, thread));
        thread.Start();
        return loop;
    }

    public override EndPoint NewEndPoint() => kind switch
    {
        Kind.Tcp => new IPEndPoint(IPAddress.Loopback, 0),
        Kind.TcpV6 => new IPEndPoint(IPAddress.IPv6Loopback, 0),
        Kind.Unix => new UnixDomainSocketEndPoint(Path.Combine(folder, $"{names++}.sock")),
        _ => new InProcessEndPoint("test"),
    };

    public override EndPoint DeadEndPoint()
    {
        if (kind is not (Kind.Tcp or Kind.TcpV6)) return NewEndPoint();

        // Bound and never listened on: nobody else gets the port while the test runs.
        EndPoint endPoint = NewEndPoint();
        holder = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(endPoint);
        return holder.LocalEndPoint!;
    }

    public override Task<T> Until<T>(Task<T> task) => task.WaitAsync(Guard);

    public override void Pass(TimeSpan time) { }

    public override ValueTask DisposeAsync()
    {
        foreach (var (loop, thread) in loops)
        {
            loop.Dispose();
            thread.Join(Guard);
        }
        holder?.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
