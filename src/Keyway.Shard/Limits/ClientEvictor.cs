using System.Numerics;
using System.Text;
using Keyway.Platform;
using Keyway.Protocol.Clients;

namespace Keyway.Shard.Limits;

/// <summary>
/// Keeps what all clients take together below maxmemory-clients: those that take most are closed first. Who has said CLIENT NO-EVICT is not counted and
/// not closed.
/// </summary>
internal sealed class ClientEvictor(ShardServer server)
{
    private const int Buckets = 19;                      // of DEBUG CLIENT-EVICTION: up to 32 KB, each next one up to twice that
    private const int SmallestBucketLog = 15;
    private const long SmallestLimit = 128 * 1024;       // below that nobody could speak to the server to raise it again

    private long _limit;
    private long _total;
    private LoopTimer? _timer;

    public long EvictedClients { get; set; }

    /// <summary>Whether anybody need count at all.</summary>
    public bool IsOn => _limit > 0;

    public bool IsOver => _limit > 0 && _total >= _limit;

    /// <param name="setting">Bytes, or less than 0: so many percent of the second.</param>
    /// <param name="maxMemory">0 where there is no limit, of which there are no percentages either.</param>
    public void Apply(long setting, long maxMemory)
    {
        long limit = setting >= 0 ? setting : (long)(maxMemory * (-setting / 100.0));
        _limit = limit == 0 ? 0 : Math.Max(limit, SmallestLimit);
        _total = 0;
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next)
        {
            client.NotedBytes = 0;
            if (IsOn) Note(client);
        }
    }

    /// <summary>The client's buffers may have grown or shrunk.</summary>
    public void Note(ClientSession client)
    {
        bool isExempt = client.IsExemptFromEviction || client.IsClosing || client.Type is ClientType.Replica or ClientType.Master;
        long bytes = isExempt ? 0 : client.MemoryBytes;
        _total += bytes - client.NotedBytes;
        client.NotedBytes = bytes;
        if (IsOver) _timer ??= server.Loop.Schedule(0, Evict);
    }

    public void Forget(ClientSession client)
    {
        _total -= client.NotedBytes;
        client.NotedBytes = 0;
    }

    public void Evict()
    {
        _timer?.Cancel();
        _timer = null;
        if (!IsOver) return;

        var candidates = new List<ClientSession>();
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next)
        {
            if (client.NotedBytes > 0) candidates.Add(client);
        }

        candidates.Sort(static (one, other) => other.NotedBytes.CompareTo(one.NotedBytes));
        foreach (ClientSession client in candidates)
        {
            if (!IsOver) return;
            ShardLog.EvictingClient(server.Logger, ClientDescription.Of(client));
            EvictedClients++;
            client.CloseAtOnce();
        }

        if (IsOver) ShardLog.NobodyToEvict(server.Logger);
    }

    /// <summary>How many clients take how much, by powers of two.</summary>
    public string Describe()
    {
        var clients = new int[Buckets];
        var bytes = new long[Buckets];
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next)
        {
            if (client.NotedBytes <= 0) continue;
            int bucket = Math.Clamp(BitOperations.Log2((ulong)client.NotedBytes) - SmallestBucketLog + 1, 0, Buckets - 1);
            clients[bucket]++;
            bytes[bucket] += client.NotedBytes;
        }

        var text = new StringBuilder();
        for (int i = 0; i < Buckets; i++)
        {
            long from = i == 0 ? 0 : 1L << (i - 1 + SmallestBucketLog);
            string upTo = i == Buckets - 1 ? "+            " : $" - {(1L << (i + SmallestBucketLog)) - 1,10}";
            text.Append($"bucket {from,10}{upTo}: tot-mem: {bytes[i],10}, clients: {clients[i]}\n");
        }

        return text.ToString();
    }
}
