using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Real;

/// <summary>
/// Clients that each add ever new members to a set of their own and read a value of their own, until they are stopped. They know what was
/// acknowledged, and notice what is not theirs.
/// </summary>
internal sealed class WritingCrowd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Thread[] _threads;
    private readonly List<int>[] _acknowledged;
    private readonly HashSet<int>[] _doubtful;
    private readonly bool _reads;
    private volatile bool _stopped;
    private long _writes;
    private long _errors;

    /// <param name="reads">Reads between the writes: a server that has become a replica answers them and refuses the writes before them.</param>
    public WritingCrowd(int port, int clients, bool reads = true)
    {
        _reads = reads;
        _acknowledged = [.. Enumerable.Range(0, clients).Select(_ => new List<int>())];
        _doubtful = [.. Enumerable.Range(0, clients).Select(_ => new HashSet<int>())];
        _threads = [.. Enumerable.Range(0, clients).Select(client => new Thread(() => Write(port, client)) { IsBackground = true })];
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <summary>What no client should ever have read.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>That many more writes are acknowledged.</summary>
    public void AwaitWrites(int count)
    {
        long until = Interlocked.Read(ref _writes) + count;
        long start = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref _writes) < until && Wrong.IsEmpty)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException("the writes do not come");
            Thread.Sleep(5);
        }
    }

    public void Stop()
    {
        _stopped = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    public void Dispose() => Stop();

    /// <summary>What was acknowledged and is not there: asynchronous replication loses what it had not sent. Never what nobody wrote.</summary>
    public IReadOnlyList<string> LostBy(RedisServer master)
    {
        var lost = new List<string>();
        using RespClient client = master.Connect();
        for (int i = 0; i < _acknowledged.Length; i++)
        {
            HashSet<int> present = [.. client.Call("SMEMBERS", Set(i)).Texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
            foreach (int member in _acknowledged[i])
            {
                if (!present.Remove(member)) lost.Add($"{Set(i)} {member}");
            }
            present.ExceptWith(_doubtful[i]);
            foreach (int phantom in present) Wrong.Enqueue($"{Set(i)} holds {phantom}, whose client was told that it was not executed");
        }
        return lost;
    }

    private static string Set(int client) => $"set:{client}";

    private void Write(int port, int client)
    {
        using RespClient link = RespClient.Connect(port);
        string own = $"value:{client}";
        for (int number = 0; !_stopped; number++)
        {
            // Both in one piece: the replies must come in their order, each its own.
            byte[] read = _reads ? RespClient.Encode("GET", own) : RespClient.Encode("SET", own, own, "GET");
            link.SendRaw([.. RespClient.Encode("SADD", Set(client), $"{number}"), .. RespClient.Encode("ECHO", own), .. read, .. RespClient.Encode("SET", own, own)]);
            RespValue added = link.ReadReply();
            RespValue echo = link.ReadReply();
            RespValue value = link.ReadReply();
            RespValue set = link.ReadReply();
            if (echo.Text != own) Wrong.Enqueue($"client {client} read {echo} for ECHO {own}");
            if (!IsAllowedError(value) && !value.IsNull && value.Text != own) Wrong.Enqueue($"client {client} read {value} for GET {own}");
            if (!IsAllowedError(set) && set.Text != "OK") Wrong.Enqueue($"client {client} read {set} for SET");
            if (added is { IsError: false, Text: "1" })
            {
                _acknowledged[client].Add(number);
                Interlocked.Increment(ref _writes);
            }
            else if (!IsAllowedError(added))
            {
                Wrong.Enqueue($"client {client} read {added} for SADD");
            }
            else if (added.Text.StartsWith("UNCERTAIN", StringComparison.Ordinal))
            {
                _doubtful[client].Add(number);
            }
            if (!Wrong.IsEmpty) return;
        }
    }

    private bool IsAllowedError(RespValue reply)
    {
        if (!reply.IsError) return false;
        Interlocked.Increment(ref _errors);
        return reply.Text.StartsWith("TRYAGAIN shard 's0'", StringComparison.Ordinal) || reply.Text.StartsWith("UNCERTAIN shard 's0'", StringComparison.Ordinal);
    }
}
