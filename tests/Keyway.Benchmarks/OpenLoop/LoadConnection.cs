using System.Net;
using System.Net.Sockets;

namespace Keyway.Benchmarks.OpenLoop;

/// <summary>One client of the fixed-rate load. Requests that do not fit into the socket wait here, their time running.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly ReplyCounter _replies = new();
    private readonly Queue<long> _dueTimes = new();
    private byte[] _unsent = new byte[4096];
    private int _unsentLength;

    public LoadConnection(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        _socket.Blocking = false;
    }

    public int Handle => (int)_socket.Handle;

    public bool IsLost { get; private set; }

    public bool HasUnsent => _unsentLength > 0;

    public int Pending => _dueTimes.Count;

    public long Errors => _replies.Errors;

    public void Request(ReadOnlySpan<byte> request, long dueNanoseconds)
    {
        _dueTimes.Enqueue(dueNanoseconds);
        if (_unsentLength + request.Length > _unsent.Length) Array.Resize(ref _unsent, _unsent.Length * 2);
        request.CopyTo(_unsent.AsSpan(_unsentLength));
        _unsentLength += request.Length;
        Flush();
    }

    public void Flush()
    {
        if (_unsentLength == 0 || IsLost) return;
        int sent = _socket.Send(_unsent.AsSpan(0, _unsentLength), SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) IsLost = true;
        if (sent <= 0) return;
        _unsentLength -= sent;
        _unsent.AsSpan(sent, _unsentLength).CopyTo(_unsent);
    }

    /// <param name="answered">Told of each reply: when its request was due, and how long that was ago.</param>
    public void Receive(Span<byte> scratch, Func<long> clock, Action<long, long> answered)
    {
        int count = _socket.Receive(scratch, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock) return;
        if (error != SocketError.Success || count <= 0)
        {
            IsLost = true;
            return;
        }

        int ended = _replies.Feed(scratch[..count]);
        long now = clock();
        for (; ended > 0; ended--)
        {
            if (!_dueTimes.TryDequeue(out long due)) throw new IOException("a reply that nobody asked for");
            answered(due, now - due);
        }
    }

    public void Dispose() => _socket.Dispose();
}
