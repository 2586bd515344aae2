using System.Globalization;
using Keyway.Platform.Disks;
using Keyway.Shard.Rdb;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Loads a file in slices: a worker reads ahead while the loop makes keys of what it has read, so that clients, who are told to come again later, hear that.
/// </summary>
internal sealed class RdbFileLoad
{
    private const int BlockBytes = 1024 * 1024;

    private readonly ShardServer _server;
    private readonly RdbLoader _loader;
    private readonly DiskWorker _worker;
    private readonly DiskFile _file;
    private readonly LoadPace _pace;
    private readonly Action<RdbException?> _done;
    private byte[] _block = [];
    private byte[] _next = new byte[BlockBytes];
    private long _offset;                            // of the next read
    private int _used;
    private int _length;
    private int _nextLength = -1;                    // what was read ahead; -1 while it is being read
    private bool _hasEnded;
    private bool _hasTold;

    /// <param name="server">Whose loop this runs on.</param>
    /// <param name="loader">Takes the file's bytes.</param>
    /// <param name="file">Open; closed at the end.</param>
    /// <param name="worker">Reads it.</param>
    /// <param name="done">Called once, in a later turn: with null when all is loaded.</param>
    public RdbFileLoad(ShardServer server, RdbLoader loader, DiskFile file, DiskWorker worker, Action<RdbException?> done)
    {
        _server = server;
        _loader = loader;
        _file = file;
        _worker = worker;
        _pace = new LoadPace(server.Loop.Time, server.Settings);
        _done = done;
    }

    public void Begin() => Fetch();

    /// <summary>Loads a file in one go: nobody is served meanwhile.</summary>
    /// <exception cref="RdbException">It is damaged.</exception>
    /// <exception cref="DiskException">It cannot be read.</exception>
    public static void LoadAtOnce(RdbLoader loader, DiskFile file)
    {
        var block = new byte[BlockBytes];
        while (!loader.IsComplete)
        {
            int length = file.Read(loader.Offset + loader.HeldBytes, block);
            if (length == 0) throw EndsEarly(loader);
            loader.Feed(block.AsSpan(0, length));
        }
    }

    /// <summary>What the log says of a file that has been begun.</summary>
    public static void Tell(ShardServer server, RdbAux aux)
    {
        ILogger logger = server.Logger;
        if (aux.Version != null) PersistenceLog.LoadingVersion(logger, aux.Version);
        if (aux.CreatedSeconds is { } created)
            PersistenceLog.LoadingAge(logger, Math.Max(0, server.Loop.Time.GetUtcNow().ToUnixTimeSeconds() - created));
        if (aux.UsedMemory is { } used)
        {
            PersistenceLog.LoadingMemory(logger, (used / (1024.0 * 1024)).ToString("F2", CultureInfo.InvariantCulture));
            server.Loading.NoteMemory(used);
        }

        if (aux.IsAofBase) PersistenceLog.LoadingBase(logger);
    }

    private static RdbException EndsEarly(RdbLoader loader) => new(loader.Offset, "Unexpected EOF reading RDB file");

    private void Fetch()
    {
        byte[] target = _next;
        long offset = _offset;
        int read = 0;
        _nextLength = -1;
        _worker.Run(() => read = _file.Read(offset, target), error => OnFetched(read, error));
    }

    private void OnFetched(int length, DiskException? error)
    {
        if (_hasEnded) return;
        if (error != null)
        {
            End(new RdbException(_offset, error.Message));
            return;
        }

        bool waited = _used == _length;
        _nextLength = length;
        _offset += length;
        if (waited) TakeSlice();
    }

    private void TakeSlice()
    {
        if (_hasEnded || _server.IsStopped) return;
        try
        {
            _server.BeginBatch();
            Load();
        }
        catch (RdbException damaged)
        {
            End(damaged);
        }
    }

    private void Load()
    {
        _pace.BeginSlice();
        do
        {
            if (_used == _length)
            {
                if (_nextLength < 0) return;           // the worker calls
                if (_nextLength == 0) throw EndsEarly(_loader);
                (_block, _next) = (_next, _block.Length == 0 ? new byte[BlockBytes] : _block);
                (_used, _length) = (0, _nextLength);
                Fetch();
            }

            _used += _loader.Feed(_block.AsSpan(_used, Math.Min(_pace.PieceBytes, _length - _used)));
            _server.Loading.Note(_loader.Offset);
            if (!_hasTold && (_loader.KeysLoaded > 0 || _loader.IsComplete))
            {
                _hasTold = true;
                Tell(_server, _loader.Aux);
            }

            if (_loader.IsComplete)
            {
                End(null);
                return;
            }
        }
        while (_pace.EndPiece(_loader.KeysLoaded));

        if (_pace.DelayMs > 0) _server.Loop.Schedule(_pace.DelayMs, TakeSlice);
        else _server.Loop.Post(TakeSlice);
    }

    private void End(RdbException? error)
    {
        _hasEnded = true;
        if (error != null) _loader.Discard();
        _server.Loading.NoteKeys(_loader);

        // Behind a read that may still be under way.
        _worker.Run(_file.Dispose, _ => { });
        _done(error);
    }
}
