using System.Diagnostics;
using System.Globalization;
using Keyway.Platform.Disks;
using Keyway.Protocol;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Loads a journal, a slice at a time: the base, which is an RDB file or commands (or one behind the other, as old journals have it), and then file after
/// file of effects. A command or a transaction that is not there whole is cut off the end of the last file; anywhere else it ends the loading.
/// </summary>
internal sealed class JournalLoader
{
    private const int ReadBytes = 1024 * 1024;
    private const int CommandsPerLook = 16;              // between looks at the clock
    private const int LongestAnnotation = 1024;

    private readonly ShardServer _server;
    private readonly JournalFolder _folder;
    private readonly JournalFile[] _files;
    private readonly DiskWorker _worker;
    private readonly LoadPace _pace;
    private readonly ClientSession _stream;
    private readonly RequestReader _reader = new();
    private readonly byte[] _ahead = new byte[ReadBytes];    // what the worker reads meanwhile
    private readonly Action _read;
    private readonly Action<DiskException?> _onRead;
    private int _current = -1;
    private DiskFile? _file;
    private byte[] _window = new byte[2 * ReadBytes];        // of the file: what has not been understood yet
    private int _start;
    private int _end;
    private long _position;                                  // in the file, where the window starts
    private long _readPosition;
    private int _aheadLength;
    private bool _isReading;
    private bool _needsBytes;
    private bool _isAtEnd;
    private DiskException? _readError;
    private DiskException? _syncError;
    private long _wholeUpTo;                                 // the end of the last command that belongs to no open transaction
    private RdbLoader? _rdb;
    private bool _hasTold;                                   // what it says of itself
    private long _fileStarted;
    private long _commands;

    /// <exception cref="JournalException">A file that the manifest names is not there.</exception>
    public JournalLoader(ShardServer server, JournalFolder folder, Manifest manifest, DiskWorker worker)
    {
        _server = server;
        _folder = folder;
        _files = [.. manifest.Loaded];
        _worker = worker;
        _pace = new LoadPace(server.Loop.Time, server.Settings);
        _read = () => _aheadLength = _file!.Read(_readPosition, _ahead);
        _onRead = OnRead;
        _stream = ClientSession.ForStream(server);
        _reader.Limits = new RequestLimits(int.MaxValue, long.MaxValue);
        Lengths = Array.ConvertAll(_files, LengthOf);
        TotalBytes = Lengths.Sum();
        server.Databases.IsReplaying = true;
    }

    private enum Outcome
    {
        NeedsBytes,
        IsOutOfTime,
    }

    /// <summary>Of each file, in the order in which they are loaded.</summary>
    public long[] Lengths { get; }

    public long TotalBytes { get; }

    public long LoadedBytes { get; private set; }

    /// <summary>For how long the next step is to be put off (key-load-delay).</summary>
    public long DelayMs => _pace.DelayMs;

    /// <summary>Of the first file, when it is a base.</summary>
    public long BaseLength => _files.Length > 0 && _files[0].Kind == JournalFileKind.Base ? Lengths[0] : 0;

    public bool IsComplete => _current == _files.Length;

    /// <summary>The base, if it is an RDB file, with what it says of itself.</summary>
    public RdbLoader? Base { get; private set; }

    /// <summary>Where in which history of writes all that was loaded stands; null where the journal does not say, or commands follow behind where it does.</summary>
    public ReplicationPoint? Position { get; private set; }

    /// <summary>Called when a step that had to wait for the disk can go on.</summary>
    public Action? OnReady { get; set; }

    private JournalFile File => _files[_current];

    // What comes behind it may be there already, with nothing in it.
    private bool IsLastFile => Lengths.AsSpan(_current + 1).IndexOfAnyExcept(0) < 0;

    /// <summary>Bytes of all files but this one.</summary>
    public long LengthWithout(JournalFile file)
    {
        long sum = 0;
        for (int i = 0; i < _files.Length; i++) sum += _files[i] == file ? 0 : Lengths[i];
        return sum;
    }

    /// <summary>Goes on until the time (by the loop's clock) has come, the disk has to be waited for, or all is loaded.</summary>
    /// <returns>False when it waits for the disk.</returns>
    /// <exception cref="JournalException">The journal is damaged, or cannot be read.</exception>
    public bool Step(long until)
    {
        try
        {
            while (!IsComplete)
            {
                if (_file == null)
                {
                    OpenNext();
                    continue;
                }

                if (_needsBytes && !TryTakeAhead()) return false;
                Outcome outcome = _rdb != null ? LoadRdb(until) : LoadCommands(until);
                if (outcome == Outcome.IsOutOfTime) return true;
                if (_isAtEnd) EndFile();
                else _needsBytes = true;
            }

            return true;
        }
        catch (DiskException error)
        {
            throw new JournalException($"Unrecoverable error reading the append only file {File.Name}: {error.Reason}");
        }
        catch (RdbException error)
        {
            string what = File.Kind == JournalFileKind.Base ? "RDB base file" : "RDB preamble of the AOF file";
            throw new JournalException($"Error reading the {what} {File.Name}, AOF loading aborted: {error.Message}");
        }
    }

    /// <summary>Loads all of it before it returns.</summary>
    /// <exception cref="JournalException">As for <see cref="Step"/>.</exception>
    public void Finish()
    {
        while (!IsComplete)
        {
            if (!Step(long.MaxValue)) _worker.Drain();
        }
    }

    /// <summary>Returns once all that was loaded is on the disk.</summary>
    /// <exception cref="JournalException">It may not be.</exception>
    public void Sync()
    {
        _worker.Drain();
        if (_syncError != null) throw new JournalException($"Fail to fsync the AOF file: {_syncError.Reason}");
    }

    /// <summary>Lets go of what it holds, whether it has come to the end or not.</summary>
    public void Close()
    {
        _worker.Drain();
        _rdb?.Discard();
        _rdb = null;
        _file?.Dispose();
        _file = null;
        _stream.EndTransaction();
        _server.Unheard.Clear();
        _server.Databases.IsReplaying = false;
    }

    /// <summary>As the log has them.</summary>
    public static string SecondsSince(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);

    private long LengthOf(JournalFile file)
    {
        if (!_folder.Disk.Exists(_folder.PathOf(file.Name)))
            throw new JournalException($"Unable to obtain the AOF file {file.Name} length. stat: No such file or directory");
        return _folder.LengthOf(file.Name);
    }

    private void OpenNext()
    {
        _current++;
        if (IsComplete || Lengths[_current] == 0) return;

        _fileStarted = Stopwatch.GetTimestamp();
        _file = _folder.Disk.OpenForAppend(_folder.PathOf(File.Name));
        _start = _end = 0;
        _position = _readPosition = _wholeUpTo = 0;
        _isAtEnd = false;
        _reader.Reset();
        if (BeginsAsRdb())
        {
            JournalLog.ReadingRdb(_server.Logger, File.Kind == JournalFileKind.Base ? "Reading RDB base file on AOF loading..." : "Reading RDB preamble from AOF file...");
            _rdb = Base = new RdbLoader(_server.Databases, _server.Settings, new RdbLoadOptions { DropsExpired = false, Functions = _server.Functions });
        }

        _needsBytes = true;
        BeginRead();
    }

    private bool BeginsAsRdb()
    {
        Span<byte> start = stackalloc byte[5];
        return _file!.Read(0, start) == start.Length && start.SequenceEqual("REDIS"u8);
    }

    private void BeginRead()
    {
        _isReading = true;
        _worker.Run(_read, _onRead);
    }

    private void OnRead(DiskException? error)
    {
        _isReading = false;
        _readError = error;
        OnReady?.Invoke();
    }

    private bool TryTakeAhead()
    {
        if (_isReading) return false;
        if (_readError != null) throw _readError;

        _needsBytes = false;
        _isAtEnd = _aheadLength == 0;
        if (_isAtEnd) return true;

        MakeRoom(_aheadLength);
        _ahead.AsSpan(0, _aheadLength).CopyTo(_window.AsSpan(_end));
        _end += _aheadLength;
        _readPosition += _aheadLength;
        BeginRead();
        return true;
    }

    // It grows with what the file holds, not with what the file says of itself.
    private void MakeRoom(int bytes)
    {
        if (_window.Length - _end >= bytes) return;
        int kept = _end - _start;
        byte[] target = _window.Length - kept >= bytes ? _window : new byte[Math.Max(checked(kept + bytes), (int)Math.Min(_window.Length * 2L, Array.MaxLength))];
        _window.AsSpan(_start, kept).CopyTo(target);
        _window = target;
        _start = 0;
        _end = kept;
    }

    private void Advance(int bytes)
    {
        _start += bytes;
        _position += bytes;
        LoadedBytes += bytes;
    }

    private Outcome LoadRdb(long until)
    {
        _pace.BeginSlice();
        while (_start < _end)
        {
            Advance(_rdb!.Feed(_window.AsSpan(_start, Math.Min(_pace.PieceBytes, _end - _start))));
            if (!_hasTold && (_rdb.KeysLoaded > 0 || _rdb.IsComplete))
            {
                _hasTold = true;
                RdbFileLoad.Tell(_server, _rdb.Aux);
            }

            if (_rdb.IsComplete)
            {
                PersistenceLog.Loaded(_server.Logger, _rdb.KeysLoaded, _rdb.KeysExpired);
                _rdb = null;
                _wholeUpTo = _position;
                return LoadCommands(until);
            }

            if (!_pace.EndPiece(_rdb.KeysLoaded)) return Outcome.IsOutOfTime;
        }

        return Outcome.NeedsBytes;
    }

    private Outcome LoadCommands(long until)
    {
        int commands = 0;
        if (_server.Settings.KeyLoadDelay != 0) _pace.BeginSlice();
        while (_start < _end)
        {
            ReadOnlySpan<byte> bytes = _window.AsSpan(_start, _end - _start);
            int used = bytes[0] == '#' ? ReadAnnotation(bytes) : Execute(bytes);
            if (used == 0) return Outcome.NeedsBytes;

            Advance(used);
            if (!_stream.IsInTransaction) _wholeUpTo = _position;
            _commands++;
            if (_server.Settings.KeyLoadDelay != 0 && !_pace.EndPiece((Base?.KeysLoaded ?? 0) + _commands)) return Outcome.IsOutOfTime;
            if (++commands % CommandsPerLook == 0 && _server.Loop.Time.GetTimestamp() >= until) return Outcome.IsOutOfTime;
        }

        return Outcome.NeedsBytes;
    }

    // #TS:1795180269, or a position
    private int ReadAnnotation(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n') + 1;
        if (end == 0 && bytes.Length > LongestAnnotation) throw BadFormat();
        if (JournalPosition.TryParse(bytes[..end], out ReplicationPoint position)) Position = position;
        return end;
    }

    /// <returns>How many bytes the command took; zero while it is not there whole.</returns>
    private int Execute(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != '*') throw BadFormat();
        RequestStatus status = _reader.Read(bytes);
        if (status == RequestStatus.Incomplete) return 0;
        if (status != RequestStatus.Complete) throw BadFormat();

        Arguments arguments = _reader.Arguments(bytes);
        if (!_server.Dispatcher.Replay(_stream, arguments))
            throw new JournalException($"Unknown command '{LogText.Of(arguments[0])}' reading the append only file {File.Name}");
        Position = null;
        return _reader.Consumed;
    }

    private void EndFile()
    {
        bool isCut = _start < _end || _stream.IsInTransaction || _rdb != null;
        if (isCut) Cut();
        LetGo(_file!);
        _file = null;
        JournalLog.LoadedFile(_server.Logger, File.Kind == JournalFileKind.Base ? "base" : "incr", File.Name, SecondsSince(_fileStarted));
    }

    // The server before this one may have been killed before it synced what it wrote, and what is written from now on must not outlive that.
    private void LetGo(DiskFile file) => _worker.Run(
        () =>
        {
            using (file) file.Sync();
        },
        error => _syncError ??= error);

    // What a crash has left of the last write. Nobody was told of it, or it would be there whole.
    private void Cut()
    {
        bool mayCut = IsLastFile && _server.Settings.LoadsTruncatedJournal && _rdb == null;
        if (_start == _end && _rdb == null) JournalLog.OpenTransaction(_server.Logger, File.Name);
        if (mayCut && HoldsMore(_window.AsSpan(_start, _end - _start))) throw BadFormat();
        if (!mayCut)
        {
            throw new JournalException(
                $"Unexpected end of file reading the append only file {File.Name}. You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix "
                + "<filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server.");
        }

        JournalLog.ShortRead(_server.Logger, File.Name);
        JournalLog.Truncating(_server.Logger, File.Name, _wholeUpTo);
        _file!.Truncate(_wholeUpTo);
        _file.Sync();
        Lengths[_current] = _wholeUpTo;
        _stream.EndTransaction();
        JournalLog.LoadedAnyway(_server.Logger, File.Name);
    }

    /// <summary>
    /// Whether whole commands follow in what looks like one that was cut short. Then it is none: its length has been damaged, and to cut there would throw
    /// away what is in good order.
    /// </summary>
    private static bool HoldsMore(ReadOnlySpan<byte> tail)
    {
        int at = 1;
        while (at < tail.Length)
        {
            int next = tail[at..].IndexOf("\r\n*"u8);
            if (next < 0) return false;
            at += next + 2;
            var reader = new RequestReader();
            if (reader.Read(tail[at..]) == RequestStatus.Complete && Protocol.Commands.CommandTable.Resolve(reader.Arguments(tail[at..])) != null) return true;
        }

        return false;
    }

    private JournalException BadFormat() => new(
        $"Bad file format reading the append only file {File.Name}: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>");
}
