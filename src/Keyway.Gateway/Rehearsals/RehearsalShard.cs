using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Rehearsals;

/// <summary>
/// Plays a shard: has an answer of the right kind for every request, and keeps nothing. Asked for "falling:down" it hangs up and is gone; for
/// "silent:key" it has no answer.
/// </summary>
internal sealed class RehearsalShard : IAcceptor
{
    private static readonly byte[] LargeValue = [.. "$300000\r\n"u8, .. new byte[300_000], .. "\r\n"u8];

    private readonly EventLoop _loop;
    private readonly Listener _listener;

    public RehearsalShard(EventLoop loop, EndPoint here)
    {
        _loop = loop;
        _listener = loop.Listen(here, this);
    }

    public EndPoint EndPoint => _listener.EndPoint;

    public void OnAccepted(AcceptedConnection accepted) => _loop.Adopt(accepted, new Link(_listener));

    private sealed class Link(Listener listener) : ConnectionHandler
    {
        private readonly RequestReader _reader = new();
        private readonly List<byte> _input = [];
        private readonly List<byte> _output = [];

        public override void OnReceived(ReadOnlySpan<byte> bytes)
        {
            _input.AddRange(bytes);
            ReadOnlySpan<byte> input = CollectionsMarshal.AsSpan(_input);
            int at = 0;
            while (at < input.Length && _reader.Read(input[at..]) == RequestStatus.Complete)
            {
                Answer(_reader.Arguments(input[at..]));
                at += _reader.Consumed;
            }
            _reader.Reset();
            _input.RemoveRange(0, at);
            OnWritable();
        }

        public override void OnWritable()
        {
            int sent = Connection.Send(CollectionsMarshal.AsSpan(_output));
            _output.RemoveRange(0, sent);
        }

        public override void OnClosed(Exception? error) { }

        private void Answer(Arguments request)
        {
            ReadOnlySpan<byte> name = request[0];
            ReadOnlySpan<byte> key = request.Count > 1 ? request[1] : default;
            if (key.SequenceEqual("falling:down"u8)) Fall();
            else if (key.SequenceEqual("silent:key"u8)) return;
            else if (key.SequenceEqual("refused"u8)) _output.AddRange("-READONLY You can't write against a read only replica.\r\n"u8);
            else if (name.SequenceEqual("GET"u8) && key.SequenceEqual("large"u8)) _output.AddRange(LargeValue);
            else if (name.SequenceEqual("GET"u8)) _output.AddRange("$5\r\nvalue\r\n"u8);
            else if (name.SequenceEqual("MGET"u8)) AnswerValues(request.Count - 1);
            else if (name.SequenceEqual("HELLO"u8)) _output.AddRange("%1\r\n$5\r\nproto\r\n:3\r\n"u8);
            else if (name.SequenceEqual("LPUSH"u8)) _output.AddRange("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"u8);
            else if (name.SequenceEqual("DEL"u8) || name.SequenceEqual("INCR"u8) || name.SequenceEqual("DBSIZE"u8)) _output.AddRange(":1\r\n"u8);
            else _output.AddRange("+OK\r\n"u8);
        }

        private void AnswerValues(int count)
        {
            _output.AddRange(Encoding.ASCII.GetBytes($"*{count}\r\n"));
            for (int i = 0; i < count; i++) _output.AddRange("$5\r\nvalue\r\n"u8);
        }

        private void Fall()
        {
            listener.Dispose();
            Connection.Abort();
        }
    }
}
