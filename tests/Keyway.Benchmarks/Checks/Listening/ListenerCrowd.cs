using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Listening;

/// <summary>
/// Thousands of connections that listen to one channel, read by one thread. Every message has the same length and carries its number, so that each
/// connection's are counted, and held to their order, at the cost of a comparison.
/// </summary>
internal sealed class ListenerCrowd : IDisposable
{
    public const string Channel = "news";

    private const int Digits = 10;

    // Until everybody has everything, once the last message has gone out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly byte[] Prefix = [.. $"*3\r\n$7\r\nmessage\r\n${Channel.Length}\r\n{Channel}\r\n$100\r\n".Select(c => (byte)c)];
    private static readonly int FrameBytes = Prefix.Length + 102;

    private readonly Epoll _epoll = new();
    private readonly Socket[] _sockets;
    private readonly int[] _received;
    private readonly byte[][] _partial;
    private readonly int[] _partialLength;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly long[] _sentAt;
    private readonly long[] _latencies;
    private long _delivered;
    private int _latencyCount;

    /// <param name="messages">The most that will come.</param>
    public ListenerCrowd(int port, int count, int messages)
    {
        _sockets = new Socket[count];
        _received = new int[count];
        _partial = new byte[count][];
        _partialLength = new int[count];
        _sentAt = new long[messages];
        _latencies = new long[messages];
        byte[] subscribe = RespClient.Encode("SUBSCRIBE", Channel);
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            socket.Send(subscribe);
            _sockets[i] = socket;
            _partial[i] = new byte[FrameBytes];
        }

        int confirmation = RespClient.Encode("subscribe", Channel).Length - "*2".Length + "*3:1\r\n".Length;
        foreach (Socket socket in _sockets)
        {
            for (int left = confirmation; left > 0;) left -= socket.Receive(_buffer, 0, left, SocketFlags.None);
        }

        for (int i = 0; i < count; i++)
        {
            _sockets[i].Blocking = false;
            _epoll.Watch((int)_sockets[i].Handle, i);
        }
    }

    public int Count => _sockets.Length;

    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>What went wrong with a connection, if anything did.</summary>
    public string? Trouble { get; private set; }

    public static byte[] Message(int number) =>
        RespClient.Encode("PUBLISH", Channel, number.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0').PadRight(100, '.'));

    public void NoteSent(int number) => Volatile.Write(ref _sentAt[number], Stopwatch.GetTimestamp());

    /// <summary>Until everybody has had that many, or nothing more comes.</summary>
    public void Read(int messages, Func<bool> isPublishing)
    {
        long expected = (long)messages * Count;
        long since = Stopwatch.GetTimestamp();
        while (Trouble is null && _delivered < expected)
        {
            int ready = _epoll.Wait(100);
            for (int i = 0; i < ready; i++)
            {
                if (_epoll.Event(i, out int index, out _)) Receive(index);
            }

            if (ready > 0 || isPublishing()) since = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(since) > Patience) return;
        }
    }

    /// <summary>From the call that published to the last subscriber's read, by message.</summary>
    public double LatencyMs(double share)
    {
        long[] sorted = [.. _latencies.AsSpan(0, _latencyCount)];
        Array.Sort(sorted);
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)] * 1000.0 / Stopwatch.Frequency;
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
        _epoll.Dispose();
    }

    private void Receive(int index)
    {
        int received;
        try
        {
            received = _sockets[index].Receive(_buffer);
        }
        catch (SocketException e)
        {
            if (e.SocketErrorCode != SocketError.WouldBlock) Trouble = $"connection {index}: {e.Message}";
            return;
        }

        if (received == 0)
        {
            Trouble = $"connection {index} was closed after {_received[index]} messages";
            return;
        }

        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, received);
        while (bytes.Length > 0)
        {
            byte[] partial = _partial[index];
            int taken = Math.Min(FrameBytes - _partialLength[index], bytes.Length);
            bytes[..taken].CopyTo(partial.AsSpan(_partialLength[index]));
            _partialLength[index] += taken;
            bytes = bytes[taken..];
            if (_partialLength[index] < FrameBytes) break;
            _partialLength[index] = 0;
            Take(index, partial);
        }
    }

    private void Take(int index, ReadOnlySpan<byte> frame)
    {
        int number = _received[index]++;
        bool isRight = frame.StartsWith(Prefix) && int.TryParse(frame.Slice(Prefix.Length, Digits), CultureInfo.InvariantCulture, out int carried) && carried == number;
        if (!isRight) Trouble ??= $"connection {index} got something else than message {number}: {System.Text.Encoding.ASCII.GetString(frame)}";
        _delivered++;
        if (_delivered % Count != 0 || number >= _sentAt.Length) return;

        // About the last one to get it: exactly so while messages do not overlap.
        _latencies[_latencyCount++] = Stopwatch.GetTimestamp() - Volatile.Read(ref _sentAt[number]);
    }
}
