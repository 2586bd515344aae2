using System.Buffers.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Local;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>
/// The reply to a transaction of which the gateway answers a part: once the shard has run its part, and only then, the gateway's own commands run
/// too, and their answers take their places among the shard's.
/// </summary>
internal sealed class ExecReply : AwaitedReply
{
    private readonly BufferPool _buffers;
    private readonly OwnCommand[] _own;
    private readonly (int Index, int Database)[] _selects;
    private readonly int _count;
    private readonly ReplyBuffer _whole;
    private byte[] _reply = [];
    private int _length;
    private bool _isComplete;
    private bool _hasFailed;
    private ShardFailure? _failure;

    public ExecReply(BufferPool buffers, Command exec, Transaction transaction, long startTicks)
    {
        _buffers = buffers;
        _whole = new ReplyBuffer(buffers);
        _own = transaction.ForShard == 0 ? [.. transaction.Own] : [.. transaction.Own.Where(own => !transaction.Selects.Exists(select => select.Index == own.Index))];
        _selects = transaction.ForShard == 0 ? [] : [.. transaction.Selects];
        _count = transaction.Count;
        Command = exec;
        StartTicks = startTicks;
    }

    public override bool IsComplete => _isComplete;

    public override bool HasFailed => _hasFailed;

    public override void Collect(int part, ReadOnlySpan<byte> piece, bool isLast)
    {
        if (_length + piece.Length > _reply.Length)
        {
            byte[] larger = _buffers.Rent(Math.Max(_length + piece.Length, 2 * _reply.Length));
            _reply.AsSpan(0, _length).CopyTo(larger);
            if (_reply.Length > 0) _buffers.Return(_reply);
            _reply = larger;
        }
        piece.CopyTo(_reply.AsSpan(_length));
        _length += piece.Length;
        CollectedBytes += piece.Length;
        _isComplete = isLast;
    }

    public override void Fail(int part, ShardFailure failure)
    {
        _failure = failure;
        _isComplete = true;
    }

    public override void OnComplete(ClientSession session)
    {
        ReadOnlySpan<byte> reply = _reply.AsSpan(0, _length);
        _hasFailed = _failure is not null || reply[0] == '-';
        if (_failure is not null) _whole.WriteError(_failure.ForWholeCommand());
        else if (HasRun(reply, out int sent)) PutTogether(session, reply, sent);
        else _whole.Append(reply);
        ReturnReply();
        session.State.Set(SessionModes.Executing, false);
        session.Unblock(BlockReason.Order);
    }

    public override void WriteTo(ReplyBuffer output) => _whole.MoveTo(output);

    public override void Return(GatewayLoop loop)
    {
        ReturnReply();
        _whole.Clear();
    }

    // "*3\r\n…"; "*-1\r\n" or "_\r\n" when a watched key had changed, "-EXECABORT …" when the shard refused a command.
    private static bool HasRun(ReadOnlySpan<byte> reply, out int sent)
    {
        sent = 0;
        return reply[0] == '*' && Utf8Parser.TryParse(reply[1..], out sent, out _) && sent >= 0;
    }

    private void PutTogether(ClientSession session, ReadOnlySpan<byte> reply, int sent)
    {
        if (sent != _count - _own.Length)
        {
            // It ran, and nobody can tell which answer is whose.
            _whole.WriteError($"UNCERTAIN the shard answered {sent} commands of {_count - _own.Length}; may have been executed");
            return;
        }
        int at = reply.IndexOf((byte)'\n') + 1;
        int own = 0;
        int select = 0;
        ReplyScanner scanner = default;
        _whole.WriteArray(_count);
        for (int i = 0; i < _count; i++)
        {
            if (own < _own.Length && _own[own].Index == i)
            {
                OwnAnswers.Write(session, _own[own++], _whole);
                continue;
            }
            scanner.Scan(reply[at..], out int length);
            ReadOnlySpan<byte> element = reply.Slice(at, length);
            _whole.Append(element);
            at += length;
            if (select == _selects.Length || _selects[select].Index != i) continue;
            if (element[0] == '+') session.SelectDatabase(_selects[select].Database);
            select++;
        }
    }

    private void ReturnReply()
    {
        if (_reply.Length > 0) _buffers.Return(_reply);
        _reply = [];
        _length = 0;
    }
}
