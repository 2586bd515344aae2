using System.Globalization;
using System.Text;
using Keyway.Gateway.Links;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>What a client has queued since MULTI, in the form in which it will be sent.</summary>
internal sealed class Transaction(BufferPool buffers, PoolState pool)
{
    /// <summary>How many commands for a shard it may hold: links count the replies of one request in sixteen bits.</summary>
    public const int MostCommands = 65_000;

    // What a command of the gateway's own costs beside its bytes.
    private const int OwnOverhead = 64;

    private static readonly byte[] MultiBytes = [.. "*1\r\n$5\r\nMULTI\r\n"u8];
    private static readonly byte[] ExecBytes = [.. "*1\r\n$4\r\nEXEC\r\n"u8];

    private PoolState _pool = pool;
    private byte[] _requests = [];
    private int _length;
    private long _ownBytes;

    /// <summary>A command was refused: EXEC will run nothing.</summary>
    public bool IsSpoiled { get; private set; }

    /// <summary>All queued commands.</summary>
    public int Count { get; private set; }

    /// <summary>Those that only a shard can answer.</summary>
    public int ForShard { get; private set; }

    /// <summary>Those that a shard will be sent if any is: SELECT is among them.</summary>
    public int Sent { get; private set; }

    /// <summary>Those of the gateway, in their order.</summary>
    public List<OwnCommand> Own { get; } = [];

    /// <summary>Where each SELECT stands, and its database. They are among <see cref="Own"/> too, for a transaction that no shard is needed for.</summary>
    public List<(int Index, int Database)> Selects { get; } = [];

    /// <summary>Null until a command has keys.</summary>
    public TransactionUnit? Unit { get; set; }

    /// <summary>Something in it may write, or tell others.</summary>
    public bool Writes { get; private set; }

    public long QueuedBytes => _length + _ownBytes;

    /// <summary>How long it is as it leaves.</summary>
    public int EncodedLength => MultiBytes.Length + (ForShard == 0 ? 0 : _length) + ExecBytes.Length;

    public void Spoil()
    {
        // Nothing of it will be sent: what comes until EXEC is looked at, and not kept.
        IsSpoiled = true;
        Free();
    }

    /// <summary>A command for the shard.</summary>
    public void Add(Command row, ReadOnlySpan<byte> request)
    {
        Count++;
        if (IsSpoiled) return;
        Writes |= row.Is(CommandFlags.Write | CommandFlags.MayReplicate);
        ForShard++;
        Sent++;
        Append(request);
    }

    /// <summary>A command of the gateway.</summary>
    public void AddOwn(Command row, ReadOnlySpan<byte> request)
    {
        int index = Count++;
        if (IsSpoiled) return;
        Own.Add(new OwnCommand(index, row, request.ToArray()));
        Charge(request.Length + OwnOverhead);
    }

    /// <summary>A SELECT of a database that there is.</summary>
    public void AddSelect(Command row, ReadOnlySpan<byte> request, int database)
    {
        if (!IsSpoiled)
        {
            Selects.Add((Count, database));
            Sent++;
            string number = database.ToString(CultureInfo.InvariantCulture);
            Append(Encoding.ASCII.GetBytes($"*2\r\n$6\r\nSELECT\r\n${number.Length}\r\n{number}\r\n"));
        }
        AddOwn(row, request);
    }

    /// <summary>Puts it onto a link, whole.</summary>
    public void AppendTo(SharedLink link)
    {
        link.Append(MultiBytes);
        if (ForShard > 0) link.Append(_requests.AsSpan(0, _length));
        link.Append(ExecBytes);
    }

    public void MoveTo(PoolState pool)
    {
        _pool.CollectedBytes -= _requests.Length + _ownBytes;
        _pool = pool;
        _pool.CollectedBytes += _requests.Length + _ownBytes;
    }

    public void Free()
    {
        _pool.CollectedBytes -= _requests.Length + _ownBytes;
        if (_requests.Length > 0) buffers.Return(_requests);
        _requests = [];
        _length = 0;
        _ownBytes = 0;
        Own.Clear();
        Selects.Clear();
    }

    private void Append(ReadOnlySpan<byte> request)
    {
        if (_length + request.Length > _requests.Length)
        {
            byte[] larger = buffers.Rent(Math.Max(_length + request.Length, 2 * _requests.Length));
            _requests.AsSpan(0, _length).CopyTo(larger);
            _pool.CollectedBytes += larger.Length - _requests.Length;
            if (_requests.Length > 0) buffers.Return(_requests);
            _requests = larger;
        }
        request.CopyTo(_requests.AsSpan(_length));
        _length += request.Length;
    }

    private void Charge(int bytes)
    {
        _ownBytes += bytes;
        _pool.CollectedBytes += bytes;
    }
}
