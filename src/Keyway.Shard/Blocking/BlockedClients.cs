using Keyway.Protocol;
using Keyway.Shard.Commands;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Blocking;

/// <summary>
/// Clients that wait for keys, in one queue for each key. A write to such a key makes it ready; once the command (or the whole transaction) that wrote
/// has ended, ready keys are served in the order in which they became so: each waiter's request is executed again, first come, first served.
/// </summary>
internal sealed class BlockedClients
{
    private readonly ShardServer _server;
    private readonly Dictionary<byte[], WaitQueue>[] _byDatabase;
    private readonly Queue<WaitQueue> _ready = new();
    private readonly int[] _countByKind = new int[Enum.GetValues<BlockedOn>().Length];
    private ValueKind _formerKind;

    public BlockedClients(ShardServer server)
    {
        _server = server;
        _byDatabase = new Dictionary<byte[], WaitQueue>[server.Databases.Count];
        var comparer = new KeyComparer(server.Databases.Hash);
        for (int i = 0; i < _byDatabase.Length; i++) _byDatabase[i] = new Dictionary<byte[], WaitQueue>(comparer);
    }

    public int Count { get; private set; }

    /// <summary>Of those, how many wait for a limited time only.</summary>
    public int CountWithTimeout { get; private set; }

    public bool HasReady => _ready.Count > 0;

    /// <summary>Puts the client behind all others that wait for these keys.</summary>
    public void Add(BlockedRequest request, Arguments arguments, int firstKey, int keyCount, long timeoutMs)
    {
        Database database = request.Client.Database;
        Dictionary<byte[], WaitQueue> queues = _byDatabase[database.Index];
        Dictionary<byte[], WaitQueue>.AlternateLookup<ReadOnlySpan<byte>> byKey = queues.GetAlternateLookup<ReadOnlySpan<byte>>();
        var waiters = new Waiter[keyCount];
        int count = 0;
        for (int i = firstKey; i < firstKey + keyCount; i++)
        {
            if (!byKey.TryGetValue(arguments[i], out WaitQueue? queue))
            {
                queue = new WaitQueue(database, arguments[i].ToArray());
                queues.Add(queue.Key, queue);
            }

            // A key that is named twice: nobody else can have come in between.
            if (queue.Last?.Request == request) continue;
            var waiter = new Waiter(request, queue);
            queue.Add(waiter);
            waiters[count++] = waiter;
        }

        request.Waiters = count == keyCount ? waiters : waiters[..count];
        if (timeoutMs > 0)
        {
            request.Timer = _server.Loop.Schedule(timeoutMs, () => TimeOut(request));
            CountWithTimeout++;
        }

        _countByKind[(int)request.Kind]++;
        Count++;
        _server.HeedChanges();
    }

    /// <summary>Takes the client out of all queues; it gets no reply by this.</summary>
    public void Remove(BlockedRequest request)
    {
        foreach (Waiter waiter in request.Waiters)
        {
            WaitQueue queue = waiter.Queue;
            queue.Remove(waiter);
            if (queue.First == null) _byDatabase[queue.Database.Index].Remove(queue.Key);
        }

        if (request.Kind == BlockedOn.Acks) _server.Replicas.Waits.Remove(request);
        if (request.Timer != null)
        {
            request.Timer.Cancel();
            CountWithTimeout--;
        }

        request.Saved.Free(_server.Databases.Memory);
        _countByKind[(int)request.Kind]--;
        Count--;
        _server.HeedChanges();
    }

    /// <summary>Ends the wait with the reply of a time that has run out, or with an error, as CLIENT UNBLOCK asks.</summary>
    public void Release(BlockedRequest request, bool withError)
    {
        if (withError) AnswerError(request, "UNBLOCKED client unblocked via CLIENT UNBLOCK"u8);
        else if (request.State is AckTarget target) ReplyOf(request).WriteInteger(_server.Replicas.CountAcked(target.Offset));
        else ReplyOf(request).WriteNullArray(request.Client.IsResp3);
        End(request);
    }

    /// <summary>Ends all waits with this error, and the connections after it: what they waited for will not come here.</summary>
    public void ReleaseAll(ReadOnlySpan<byte> error)
    {
        for (ClientSession? client = _server.FirstClient; client != null; client = client.Next)
        {
            if (client.Blocked is not { } request) continue;
            AnswerError(request, error);
            End(request);
            client.CloseAfterReplies();
        }
    }

    /// <summary>A key that holds this is about to change or to go: <see cref="OnChanged"/> follows.</summary>
    public void OnChanging(ValueKind kind) => _formerKind = kind;

    public void OnChanged(Database database, ReadOnlySpan<byte> key, Change change)
    {
        if (Count == 0 || change is Change.Written or Change.ExpiryChanged) return;
        if (!_byDatabase[database.Index].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out WaitQueue? queue)) return;

        // A stream that is gone ends the wait of those who read it as members of a group; and what has come in its place then serves too.
        bool isOver = change is Change.Deleted or Change.Expired or Change.Overwritten;
        if (isOver ? _formerKind == ValueKind.Stream && IsWaitedFor(ValueKind.Stream) : queue.GroupReaders > 0 || HoldsWhatIsWaitedFor(queue)) MakeReady(queue);
    }

    public void OnReplaced(Database database)
    {
        if (Count == 0) return;
        foreach (WaitQueue queue in _byDatabase[database.Index].Values)
        {
            if (queue.GroupReaders > 0 || HoldsWhatIsWaitedFor(queue)) MakeReady(queue);
        }
    }

    /// <summary>Those who wait for this key are to look at it again, though it was there before: a stream has got an entry, or lost a group.</summary>
    public void Wake(Database database, ReadOnlySpan<byte> key)
    {
        if (Count > 0 && _byDatabase[database.Index].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out WaitQueue? queue)) MakeReady(queue);
    }

    /// <summary>Serves ready keys until none is left: serving one may make others ready (BLMOVE).</summary>
    public void Serve()
    {
        while (_ready.TryDequeue(out WaitQueue? queue))
        {
            queue.IsReady = false;
            Serve(queue);
        }
    }

    private void MakeReady(WaitQueue queue)
    {
        if (queue.IsReady) return;
        queue.IsReady = true;
        _ready.Enqueue(queue);
    }

    private void Serve(WaitQueue queue)
    {
        Waiter? waiter = queue.First;
        while (waiter != null)
        {
            queue.Turn = waiter.Next;
            BlockedRequest request = waiter.Request;

            // Whoever was served before may have taken all there was.
            Place place = queue.Database.Find(queue.Key);
            if (!MayServeAnybody(place)) break;

            if (place.Exists && Serves(place.Entry.Kind, request.Kind))
            {
                if (_server.Dispatcher.Retry(request, queue)) End(request);
            }
            else if (request.Kind == BlockedOn.StreamGroup)
            {
                AnswerError(request, "UNBLOCKED the stream key no longer exists"u8);
                End(request);
            }

            waiter = queue.Turn;
        }

        queue.Turn = null;
    }

    // With thousands in the queue most looks find that there is nothing for any of them.
    private bool MayServeAnybody(Place place) => _countByKind[(int)BlockedOn.StreamGroup] > 0 || (place.Exists && IsWaitedFor(place.Entry.Kind));

    // Redis puts no key in line to serve whose kind nobody waits for, and the order of the line shows.
    private bool HoldsWhatIsWaitedFor(WaitQueue queue) => queue.Database.KindOf(queue.Key) is { } kind && IsWaitedFor(kind);

    // By anybody, for whichever key.
    private bool IsWaitedFor(ValueKind held)
    {
        for (var kind = BlockedOn.List; kind <= BlockedOn.StreamGroup; kind++)
        {
            if (_countByKind[(int)kind] > 0 && Serves(held, kind)) return true;
        }

        return false;
    }

    private static bool Serves(ValueKind held, BlockedOn wanted) => held == wanted switch
    {
        BlockedOn.List => ValueKind.List,
        BlockedOn.SortedSet => ValueKind.SortedSet,
        _ => ValueKind.Stream,
    };

    private void TimeOut(BlockedRequest request)
    {
        _server.BeginBatch();
        Release(request, withError: false);
    }

    private void AnswerError(BlockedRequest request, ReadOnlySpan<byte> text)
    {
        _server.Statistics.CountError(text);
        _server.Statistics.ByCommand[request.Command.Id].Failed++;
        ReplyOf(request).WriteError(text);
    }

    private void End(BlockedRequest request)
    {
        if (request.IsUnheard) _server.Unheard.Clear();
        request.Client.EndWait();
    }

    private ReplyBuffer ReplyOf(BlockedRequest request) => request.IsUnheard ? _server.Unheard : request.Client.Reply;
}
