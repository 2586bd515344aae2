using System.Globalization;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Disks;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// A snapshot's file on its way to one replica: read a piece at a time off the loop, so that each goes at its own speed, however many there are.
/// <code>
/// $(length)\r\n   …the file, and nothing behind it…
/// </code>
/// </summary>
internal sealed class FilePayload : ReplicaPayload
{
    private const int PieceBytes = 512 * 1024;

    private readonly ShardServer _server;
    private readonly DiskWorker _worker;
    private readonly Replica _replica;
    private readonly DiskFile _file;
    private readonly long _length;
    private byte[] _piece;
    private int _start, _end;
    private long _read;
    private bool _isReading;
    private bool _isClosed;

    public FilePayload(ShardServer server, DiskWorker worker, Replica replica, DiskFile file)
    {
        _server = server;
        _worker = worker;
        _replica = replica;
        _file = file;
        _length = file.Length;
        _piece = server.Pool.Rent(PieceBytes);
        _end = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${_length}\r\n"), _piece);
    }

    public override ReadOnlySpan<byte> Next => _isReading ? default : _piece.AsSpan(_start, _end - _start);

    public override void Advance(int bytes)
    {
        _start += bytes;
        if (_start < _end) return;
        if (_read < _length) ReadPiece();
        else _server.Syncs.OnFileSent(_replica);
    }

    public override void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        if (!_isReading) Release();
    }

    private void ReadPiece()
    {
        _isReading = true;
        int count = (int)Math.Min(_piece.Length, _length - _read);
        int got = 0;
        _worker.Run(
            () =>
            {
                while (got < count)
                {
                    int some = _file.Read(_read + got, _piece.AsSpan(got, count - got));
                    if (some == 0) throw new DiskException("read", _file.Path, "it is shorter than it was");
                    got += some;
                }
            },
            error => OnRead(error, count));
    }

    private void OnRead(DiskException? error, int count)
    {
        _isReading = false;
        if (_isClosed)
        {
            Release();
            return;
        }

        if (error != null)
        {
            ServingLog.FileNotRead(_server.Logger, error.Reason);
            _replica.Client.CloseAtOnce();
            return;
        }

        (_start, _end) = (0, count);
        _read += count;
        _server.Loop.FlushLater(_replica.Client, FlushPhase.Replies);
    }

    private void Release()
    {
        _server.Pool.Return(_piece);
        _piece = [];
        _worker.Run(_file.Dispose, static _ => { });
    }
}
