using System.Buffers.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Routing;

/// <summary>
/// A request that several shards answer, each for its part: keeps the parts' replies until all have come, and writes one reply out of them as
/// the command's row says. A part that fails makes the whole command fail, with an error that names the shard.
/// </summary>
internal sealed class Gather(BufferPool buffers) : AwaitedReply
{
    private struct Part
    {
        public ShardBackend Backend;
        public byte[] Reply;
        public int Length;
        public int Read;
        public int Keys;
    }

    private Part[] _parts = new Part[4];
    private int _partCount;
    private int _missing;
    private ushort[] _partOfKey = new ushort[16];
    private int _keyCount;
    private byte[]? _error;
    private bool _otherPartMayHaveRun;
    private ShardFailure? _failure;

    public override bool IsComplete => _missing == 0;

    public override bool HasFailed => _error is not null || _failure is not null;

    public void Begin(Command command, long startTicks)
    {
        Command = command;
        StartTicks = startTicks;
        _partCount = _missing = _keyCount = 0;
        CollectedBytes = 0;
        _error = null;
        _failure = null;
        _otherPartMayHaveRun = false;
        IsMuted = false;
    }

    public int AddPart(ShardBackend backend)
    {
        if (_partCount == _parts.Length) Array.Resize(ref _parts, _partCount * 2);
        ref Part part = ref _parts[_partCount];
        part.Backend = backend;
        part.Reply = [];
        part.Length = part.Read = part.Keys = 0;
        _missing++;
        return _partCount++;
    }

    /// <summary>The next key, in the request's order, is asked of this part.</summary>
    public void AddKey(int part)
    {
        if (_keyCount == _partOfKey.Length) Array.Resize(ref _partOfKey, _keyCount * 2);
        _partOfKey[_keyCount++] = (ushort)part;
        _parts[part].Keys++;
    }

    public override void Collect(int part, ReadOnlySpan<byte> piece, bool isLast)
    {
        ref Part target = ref _parts[part];
        if (target.Length + piece.Length > target.Reply.Length)
        {
            byte[] larger = buffers.Rent(Math.Max(target.Length + piece.Length, 2 * target.Reply.Length));
            target.Reply.AsSpan(0, target.Length).CopyTo(larger);
            if (target.Reply.Length > 0) buffers.Return(target.Reply);
            target.Reply = larger;
        }
        piece.CopyTo(target.Reply.AsSpan(target.Length));
        target.Length += piece.Length;
        CollectedBytes += piece.Length;
        if (isLast) End(ref target);
    }

    public override void Fail(int part, ShardFailure failure)
    {
        ref Part target = ref _parts[part];
        target.Length = 0;
        _missing--;
        if (failure.MayHaveRun) _otherPartMayHaveRun = true;

        // Of several failures the one that leaves doubt is told.
        if (_failure is null || (failure.MayHaveRun && !_failure.MayHaveRun)) _failure = failure;
    }

    public override void Return(GatewayLoop loop) => loop.Gathers.Return(this);

    public override void WriteTo(ReplyBuffer output)
    {
        if (_failure is not null)
        {
            output.WriteError(_otherPartMayHaveRun ? _failure.ForPart(Writes) : _failure.ForWholeCommand());
            return;
        }
        if (_error is not null)
        {
            output.WriteError(_error);
            return;
        }
        switch (Command.Response)
        {
            case ResponsePolicy.KeyOrder: WriteInKeyOrder(output); break;
            case ResponsePolicy.Sum: output.WriteInteger(Sum()); break;
            case ResponsePolicy.Concatenate: WriteConcatenated(output); break;
            default: output.Append(_parts[0].Reply.AsSpan(0, _parts[0].Length)); break;
        }
    }

    public void Free()
    {
        for (int i = 0; i < _partCount; i++)
        {
            if (_parts[i].Reply.Length > 0) buffers.Return(_parts[i].Reply);
            _parts[i] = default;
        }
        _partCount = 0;
        if (_partOfKey.Length > 4096) _partOfKey = new ushort[16];
    }

    private bool Writes => Command.Is(CommandFlags.Write);

    private void End(ref Part part)
    {
        _missing--;
        ReadOnlySpan<byte> reply = part.Reply.AsSpan(0, part.Length);
        if (reply[0] == '-')
        {
            // "-OOM command not allowed …": the code stays in front.
            _error ??= ShardFailure.ForErrorReply(part.Backend.Definition.Name, reply[1..^2], Writes);
        }
        else
        {
            _otherPartMayHaveRun = true;
            if (!HasExpectedShape(in part, reply))
                _error ??= ShardFailure.ForErrorReply(part.Backend.Definition.Name, "ERR unexpected kind of reply"u8, Writes);
        }
    }

    private bool HasExpectedShape(in Part part, ReadOnlySpan<byte> reply) => Command.Response switch
    {
        ResponsePolicy.KeyOrder => reply[0] == '*' && ElementCount(reply) == part.Keys,
        ResponsePolicy.Concatenate => reply[0] is (byte)'*' or (byte)'~',
        ResponsePolicy.Sum => reply[0] == ':',
        _ => true,
    };

    private static long ElementCount(ReadOnlySpan<byte> array) => Utf8Parser.TryParse(array[1..], out long count, out _) ? count : -1;

    private void WriteInKeyOrder(ReplyBuffer output)
    {
        for (int i = 0; i < _partCount; i++) _parts[i].Read = AfterLine(_parts[i].Reply);
        output.WriteArray(_keyCount);
        for (int i = 0; i < _keyCount; i++)
        {
            ref Part part = ref _parts[_partOfKey[i]];
            ReadOnlySpan<byte> rest = part.Reply.AsSpan(part.Read, part.Length - part.Read);
            int length = ElementLength(rest);
            output.Append(rest[..length]);
            part.Read += length;
        }
    }

    // "$3\r\nabc\r\n", "$-1\r\n" or "_\r\n"; anything else is measured the general way.
    private static int ElementLength(ReadOnlySpan<byte> element)
    {
        if (element[0] == '$' && element[1] != '-')
        {
            int length = 0;
            int at = 1;
            for (; element[at] != '\r'; at++) length = length * 10 + (element[at] - '0');
            return at + 2 + length + 2;
        }
        ReplyScanner scanner = default;
        scanner.Scan(element, out int consumed);
        return consumed;
    }

    private long Sum()
    {
        long sum = 0;
        for (int i = 0; i < _partCount; i++)
        {
            if (Utf8Parser.TryParse(_parts[i].Reply.AsSpan(1, _parts[i].Length - 3), out long value, out _)) sum += value;
        }
        return sum;
    }

    private void WriteConcatenated(ReplyBuffer output)
    {
        long count = 0;
        for (int i = 0; i < _partCount; i++) count += ElementCount(_parts[i].Reply.AsSpan(0, _parts[i].Length));
        output.WriteArray(count);
        for (int i = 0; i < _partCount; i++)
        {
            int from = AfterLine(_parts[i].Reply);
            output.Append(_parts[i].Reply.AsSpan(from, _parts[i].Length - from));
        }
    }

    private static int AfterLine(byte[] reply) => Array.IndexOf(reply, (byte)'\n') + 1;
}
