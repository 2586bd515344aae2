using System.Globalization;
using System.Text;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// A master that starts with its data of before goes on from the history that they are the outcome of, so that its replicas need not begin anew: under a
/// new name, since what it wrote after the file was saved is not here. Keys that have died meanwhile are the first that it tells them.
/// </summary>
internal sealed class MasterRestart(ShardServer server)
{
    private ReplicationHistory? _deaths;
    private ReplicationSink? _sink;

    /// <summary>While the file is loaded.</summary>
    public void OnExpired(int database, ReadOnlySpan<byte> key)
    {
        if (_deaths == null)
        {
            _deaths = new ReplicationHistory { BacklogBytes = server.Settings.ReplicationBacklogBytes };
            _deaths.KeepLog();
            _sink = new ReplicationSink(_deaths);
        }

        string name = server.Settings.LazyExpire ? "UNLINK" : "DEL";
        string head = string.Create(CultureInfo.InvariantCulture, $"*2\r\n${name.Length}\r\n{name}\r\n${key.Length}\r\n");
        _sink!.OnEffect(database, [.. Encoding.ASCII.GetBytes(head), .. key, .. "\r\n"u8]);
    }

    /// <summary>The file is loaded, and says where in which history it belongs.</summary>
    public void TakeUp(RdbAux file)
    {
        ReplicationHistory? deaths = _deaths;
        _deaths = null;
        _sink = null;
        if (server.IsReplica || file is not { ReplicationId: { } id, ReplicationOffset: >= 0 and { } offset } || !ReplicationIdentity.IsId(Encoding.ASCII.GetBytes(id))) return;

        // So many have died that nobody could go on from the file in any case.
        if (deaths is { Log.First: > 1 }) return;

        ReplicationHistory history = server.History;
        Begin(history, id, offset);
        for (LogReader? reader = deaths?.Log!.AddReader(1); reader is { Lag: > 0 };)
        {
            ReadOnlySpan<byte> bytes = reader.Next;
            history.Append(bytes);
            reader.Advance(bytes.Length);
        }

        server.HeedEffects();
        server.Replicas.RestartEmptyClock();
    }

    /// <summary>A journal is loaded, in which no key dies before its time's word, and says where it stands.</summary>
    public static void GoOnFrom(ShardServer server, ReplicationPoint position)
    {
        Begin(server.History, position.Id, position.Offset);
        server.HeedEffects();
        server.Replicas.RestartEmptyClock();
    }

    private static void Begin(ReplicationHistory history, string id, long offset)
    {
        history.Replace(ReplicationIdentity.Restarted(id, offset, ReplicationHistory.NewId()));
        history.KeepLog();
    }
}
