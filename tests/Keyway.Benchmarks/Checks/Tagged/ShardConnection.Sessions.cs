using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>What a connection to a faulty shard keeps of its client: a database, a transaction, subscriptions.</summary>
internal sealed partial class ShardConnection
{
    private const int LongestWaitMs = 30;

    private readonly HashSet<string> _listened = [];
    private List<byte[]>? _queued;
    private string? _queuedFor;
    private int _database;
    private int _databaseAfter;

    /// <summary>From another connection's thread.</summary>
    public void Deliver(byte[] message)
    {
        try
        {
            // A subscription may end at any time: its messages are lost then, and nobody gets another's.
            if (!run.Calm && Random.Shared.Next(2_000) == 0) socket.Shutdown(SocketShutdown.Both);
            else lock (_output) SendAll(message);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private byte[] ReplyTo(string name)
    {
        switch (name)
        {
            case "GET" when IsKind("base:"u8):
                return Bulk([.. _arguments[1], .. Encoding.ASCII.GetBytes($"/{(_queued is null ? _database : _databaseAfter)}")]);
            case "GET":
                return Bulk(_arguments[1]);
            case "MGET":
                return Array();
            case "SELECT":
                _databaseAfter = int.Parse(_arguments[1], CultureInfo.InvariantCulture);
                if (_queued is null) _database = _databaseAfter;
                return "+OK\r\n"u8.ToArray();
            case "SET":
                return "+OK\r\n"u8.ToArray();
            default:
                throw new InvalidDataException();
        }
    }

    private void Begin()
    {
        _queued = [];
        _queuedFor = null;
        _databaseAfter = _database;
        Write("+OK\r\n"u8);
    }

    // Between MULTI and EXEC nobody else's request may stand.
    private void Queue(string name)
    {
        if (name != "SELECT")
        {
            string client = Encoding.ASCII.GetString(_arguments[1]).Split(':')[2];
            _queuedFor ??= client;
            if (_queuedFor != client) throw new InvalidDataException();
        }
        _queued!.Add(ReplyTo(name));
        Write("+QUEUED\r\n"u8);
    }

    private void Execute()
    {
        if (_queued is null) throw new InvalidDataException();
        byte[] reply = [.. Encoding.ASCII.GetBytes($"*{_queued.Count}\r\n"), .. _queued.SelectMany(one => one)];
        _queued = null;
        _database = _databaseAfter;
        AnswerTag(reply);
    }

    private void EndTransaction()
    {
        _queued = null;
        Write("+OK\r\n"u8);
    }

    private void AnswerBlocked()
    {
        Flush();
        Thread.Sleep(random.Next(LongestWaitMs));
        byte[] key = Bulk(_arguments[1]);
        AnswerTag([.. "*2\r\n"u8, .. key, .. key]);
    }

    private void Listen(bool subscribes)
    {
        for (int i = 1; i < _arguments.Count; i++)
        {
            string channel = Encoding.ASCII.GetString(_arguments[i]);
            if (subscribes && _listened.Add(channel)) channels.Add(channel, this);
            else if (!subscribes && _listened.Remove(channel)) channels.Remove(channel, this);
            string word = subscribes ? "$9\r\nsubscribe" : "$11\r\nunsubscribe";
            Write(Encoding.ASCII.GetBytes($"*3\r\n{word}\r\n${channel.Length}\r\n{channel}\r\n:{_listened.Count}\r\n"));
        }
        Flush();
    }

    private void Publish()
    {
        byte[] message = [.. "*3\r\n$7\r\nmessage\r\n"u8, .. Bulk(_arguments[1]), .. Bulk(_arguments[2])];
        int count = channels.Publish(Encoding.ASCII.GetString(_arguments[1]), message);
        AnswerTag(Encoding.ASCII.GetBytes($":{count}\r\n"));
    }
}
