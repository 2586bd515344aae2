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
    private int _errors;
    private int _firstError;
    private int _misshapen;
    private bool _otherPartMayHaveRun;
    private ShardFailure? _failure;
    private IMerge? _merge;

    public override bool IsComplete => _missing == 0;

    public override bool HasFailed => Command.Response == ResponsePolicy.OneSucceeded ? FirstSuccess < 0 : _failure is not null || _errors > 0 || _misshapen >= 0;

    public int PartCount => _partCount;

    /// <summary>A part's whole reply; for merges.</summary>
    public ReadOnlySpan<byte> ReplyOf(int part) => _parts[part].Reply.AsSpan(0, _parts[part].Length);

    public ShardBackend BackendOf(int part) => _parts[part].Backend;

    /// <param name="merge">How the command makes one reply of the parts', where that is its own affair.</param>
    public void Begin(Command command, long startTicks, IMerge? merge = null)
    {
        Command = command;
        StartTicks = startTicks;
        _merge = merge;
        _partCount = _missing = _keyCount = _errors = 0;
        _firstError = _misshapen = -1;
        CollectedBytes = 0;
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
        if (isLast) End(part);
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

    public override void OnComplete(ClientSession session)
    {
        if (!HasFailed) _merge?.OnSucceeded(this);
    }

    public override void Return(GatewayLoop loop) => loop.Gathers.Return(this);

    public override void WriteTo(ReplyBuffer output)
    {
        if (HasFailed)
        {
            output.WriteError(ErrorText());
            return;
        }
        if (_merge is not null)
        {
            _merge.Write(this, output);
            return;
        }
        switch (Command.Response)
        {
            case ResponsePolicy.KeyOrder: WriteInKeyOrder(output); break;
            case ResponsePolicy.Sum: output.WriteInteger(Sum()); break;
            case ResponsePolicy.Minimum: output.WriteInteger(Minimum()); break;
            case ResponsePolicy.Concatenate: WriteConcatenated(output); break;
            case ResponsePolicy.LogicalAnd: WriteLogicalAnd(output); break;
            case ResponsePolicy.OneSucceeded: output.Append(ReplyOf(FirstSuccess)); break;
            default: output.Append(ReplyOf(0)); break;
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
        _merge = null;
        if (_partOfKey.Length > 4096) _partOfKey = new ushort[16];
    }

    private bool Writes => Command.Is(CommandFlags.Write);

    // The first part that was answered by something else than an error; -1 for none.
    private int FirstSuccess
    {
        get
        {
            for (int i = 0; i < _partCount; i++)
            {
                if (_parts[i].Length > 0 && _parts[i].Reply[0] != '-') return i;
            }
            return -1;
        }
    }

    private void End(int part)
    {
        _missing--;
        ReadOnlySpan<byte> reply = ReplyOf(part);
        if (reply[0] == '-')
        {
            if (_errors++ == 0) _firstError = part;
            return;
        }
        _otherPartMayHaveRun = true;
        if (_misshapen < 0 && !HasExpectedShape(part, reply)) _misshapen = part;
    }

    private byte[] ErrorText()
    {
        if (_failure is not null) return _otherPartMayHaveRun ? _failure.ForPart(Writes) : _failure.ForWholeCommand();
        bool mayHaveWritten = Writes && _otherPartMayHaveRun;
        if (_errors == 0) return ShardFailure.ForErrorReply(_parts[_misshapen].Backend.Definition.Name, "ERR unexpected kind of reply"u8, mayHaveWritten);

        // "-OOM command not allowed …": the code stays in front. The same words from everybody are about the command, and about no shard.
        int told = Command.Response == ResponsePolicy.OneSucceeded ? MostTelling() : _firstError;
        ReadOnlySpan<byte> text = ReplyOf(told)[1..^2];
        return HaveAllTheSameError() ? text.ToArray() : ShardFailure.ForErrorReply(_parts[told].Backend.Definition.Name, text, mayHaveWritten);
    }

    private bool HaveAllTheSameError()
    {
        if (_errors < _partCount) return false;
        for (int i = 1; i < _partCount; i++)
        {
            if (!ReplyOf(i).SequenceEqual(ReplyOf(0))) return false;
        }
        return true;
    }

    // NOTBUSY says that there was nothing to do; who had something to do and did not do it says more.
    private int MostTelling()
    {
        for (int i = 0; i < _partCount; i++)
        {
            if (!ReplyOf(i).StartsWith("-NOTBUSY "u8)) return i;
        }
        return _firstError;
    }

    private bool HasExpectedShape(int part, ReadOnlySpan<byte> reply) => _merge is not null ? _merge.Takes(part, reply) : Command.Response switch
    {
        ResponsePolicy.KeyOrder => reply[0] == '*' && ElementCount(reply) == _parts[part].Keys,
        ResponsePolicy.Concatenate => reply[0] is (byte)'*' or (byte)'~',
        ResponsePolicy.LogicalAnd => reply[0] == '*' && IsOfIntegers(reply),
        ResponsePolicy.Sum or ResponsePolicy.Minimum => reply[0] == ':',
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
        for (int i = 0; i < _partCount; i++) sum += IntegerOf(ReplyOf(i));
        return sum;
    }

    private long Minimum()
    {
        long least = long.MaxValue;
        for (int i = 0; i < _partCount; i++) least = Math.Min(least, IntegerOf(ReplyOf(i)));
        return least;
    }

    /// <summary>Of ":42\r\n".</summary>
    public static long IntegerOf(ReadOnlySpan<byte> reply) => Utf8Parser.TryParse(reply[1..^2], out long value, out _) ? value : 0;

    // "*2\r\n:1\r\n:0\r\n" from each: SCRIPT EXISTS.
    private void WriteLogicalAnd(ReplyBuffer output)
    {
        long count = ElementCount(ReplyOf(0));
        for (int i = 0; i < _partCount; i++)
        {
            count = Math.Min(count, ElementCount(ReplyOf(i)));
            _parts[i].Read = AfterLine(_parts[i].Reply);
        }
        output.WriteArray(count);
        for (long element = 0; element < count; element++)
        {
            bool all = true;
            for (int i = 0; i < _partCount; i++)
            {
                ReadOnlySpan<byte> rest = ReplyOf(i)[_parts[i].Read..];
                int end = rest.IndexOf((byte)'\n') + 1;
                all &= IntegerOf(rest[..end]) == 1;
                _parts[i].Read += end;
            }
            output.WriteInteger(all ? 1 : 0);
        }
    }

    private static bool IsOfIntegers(ReadOnlySpan<byte> array)
    {
        long count = ElementCount(array);
        for (int at = array.IndexOf((byte)'\n') + 1; at < array.Length; count--)
        {
            if (array[at] != ':') return false;
            at += array[at..].IndexOf((byte)'\n') + 1;
        }
        return count == 0;
    }

    private void WriteConcatenated(ReplyBuffer output)
    {
        long count = 0;
        for (int i = 0; i < _partCount; i++) count += ElementCount(ReplyOf(i));
        output.WriteArray(count);
        for (int i = 0; i < _partCount; i++)
        {
            int from = AfterLine(_parts[i].Reply);
            output.Append(_parts[i].Reply.AsSpan(from, _parts[i].Length - from));
        }
    }

    private static int AfterLine(byte[] reply) => Array.IndexOf(reply, (byte)'\n') + 1;
}
