using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// Repeats what a master has done: executes the commands of its stream, and writes the very bytes of each that was applied into this server's history,
/// from where they go on to who follows this server. What a transaction holds counts when the transaction has been executed, not before: a link that is
/// lost in its midst is to be taken up again before it.
/// </summary>
internal sealed class MasterStream
{
    private const int LongestError = 4096;               // in the log
    private const int WarningPeriodMs = 10_000;

    private readonly ShardServer _server;
    private readonly ReplicationHistory _history;
    private readonly RequestReader _reader = new() { Limits = new RequestLimits(int.MaxValue, long.MaxValue) };
    private readonly ReplyBuffer _replies;
    private HeldInput _held;                             // received, and not applied yet
    private long _nextWarningMs;
    private int _parsed;                                 // of these, how many belong to an open transaction and have been read

    /// <param name="server">Whose data change.</param>
    /// <param name="history">Where the applied bytes go.</param>
    /// <param name="session">Whom the commands are executed for.</param>
    public MasterStream(ShardServer server, ReplicationHistory history, ClientSession session)
    {
        _server = server;
        _history = history;
        _replies = new ReplyBuffer(server.Pool);
        Session = session;
    }

    public ClientSession Session { get; }

    /// <summary>What came can be no stream of commands: nothing of it can be gone on from.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The disk takes no writes, and nothing that it does not take is to be done here: what follows is asked for again when it does.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>How far the master's history has been received; <see cref="ReplicationHistory.Offset"/> is how far it has been applied.</summary>
    public long ReadOffset => _history.Offset + _held.Length;

    /// <summary>Takes what the master has sent next.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        _server.BeginBatch();
        if (_held.IsEmpty)
        {
            int applied = Apply(bytes);
            if (applied < bytes.Length && !IsOver) _held.Append(bytes[applied..], _server.Pool);
            return;
        }

        if (bytes.Length > Array.MaxLength - _held.Length)
        {
            Break("a transaction or command of more than two gigabytes");
            return;
        }

        _held.Append(bytes, _server.Pool);
        _held.Consume(Apply(_held.Bytes));
        if (_held.Length == 0 || IsOver) _held.Release(_server.Pool);
    }

    /// <summary>Forgets what was not applied.</summary>
    public void End()
    {
        _held.Release(_server.Pool);
        _parsed = 0;
        _replies.Clear();
    }

    private bool IsOver => IsBroken || IsRefused || Session.IsClosing;

    /// <summary>Executes the commands that are whole.</summary>
    /// <param name="bytes">All that was received and not applied.</param>
    /// <returns>How many of them have been applied.</returns>
    private int Apply(ReadOnlySpan<byte> bytes)
    {
        int applied = 0;
        int at = _parsed;
        while (at < bytes.Length && !IsOver)
        {
            RequestStatus status = _reader.Read(bytes[at..]);
            if (status == RequestStatus.Incomplete) break;
            if (status == RequestStatus.Error)
            {
                Break(Encoding.ASCII.GetString(_reader.Error));
                break;
            }

            // An empty line keeps the link alive; whatever else is no multibulk comes from a master that has lost its place.
            if (status == RequestStatus.Complete && _reader.IsInline)
            {
                ReplicaLog.InlineFromMaster(_server.Logger);
                Break("Master using the inline protocol. Desync?");
                break;
            }

            if (status == RequestStatus.Complete && !TryExecute(_reader.Arguments(bytes[at..]))) break;
            at += _reader.Consumed;
            if (Session.IsInTransaction) continue;

            // A command that has made this server a master, or the replica of another, belongs to nobody's history.
            if (Session.IsClosing) break;
            _history.Append(bytes[applied..at]);
            applied = at;
        }

        _parsed = at - applied;
        if (!IsOver) _history.SelectedDatabase = Session.Database.Index;
        return applied;
    }

    // Redis ends the process where the disk refuses; we only stop there.
    private bool TryExecute(Arguments arguments)
    {
        bool isRefusing = !_server.DiskError.IsEmpty && CommandTable.Resolve(arguments) is { } command && (command.Is(CommandFlags.Write) || command.Name == "exec");
        if (isRefusing && !_server.Settings.ReplicaIgnoresDiskErrors)
        {
            ReplicaLog.NotApplied(_server.Logger);
            IsRefused = true;
            return false;
        }

        if (isRefusing && _server.Loop.NowMs >= _nextWarningMs)
        {
            _nextWarningMs = _server.Loop.NowMs + WarningPeriodMs;
            ReplicaLog.AppliedUnwritten(_server.Logger);
        }

        Execute(arguments);
        return true;
    }

    private void Execute(Arguments arguments)
    {
        long errors = _server.Statistics.Errors;
        _server.Dispatcher.Execute(Session, arguments, _replies);
        if (_server.Statistics.Errors != errors) NoteError();
        _replies.Clear();
    }

    // What a master did must succeed here too: if it does not, the two differ.
    private void NoteError()
    {
        ReadOnlySpan<byte> reply = _replies.First;
        int start = reply.StartsWith("-"u8) ? 0 : reply.IndexOf("\r\n-"u8) + 2;
        ReadOnlySpan<byte> error = reply[start..];
        int end = error.IndexOf("\r\n"u8);
        if (end >= 0) error = error[..end];
        if (error.Length > LongestError) error = error[..LongestError];
        _server.Statistics.UnexpectedErrors++;
        ReplicaLog.CommandFailed(_server.Logger, Encoding.UTF8.GetString(error.TrimStart((byte)'-')), Session.LastCommand?.Name ?? "<unknown>");
    }

    private void Break(string error)
    {
        IsBroken = true;
        ReplicaLog.StreamBroken(_server.Logger, error);
    }
}
