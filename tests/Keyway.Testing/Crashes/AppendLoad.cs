using System.Globalization;
using System.Net.Sockets;
using Keyway.Testing.RealServers;

namespace Keyway.Testing.Crashes;

/// <summary>
/// Some clients that append to one list, alone and in transactions, and know what they were told: every answer says where in the list an item stands, so
/// that what a restart finds can be held against the order in which the server has executed it all.
/// </summary>
/// <param name="seed">Decides what is sent.</param>
public sealed class AppendLoad(int seed)
{
    private const int Clients = 3;
    private const int MostInFlight = 12;
    private const int LongestFiller = 30_000;

    private readonly Random _random = new(seed);
    private readonly int[] _sent = new int[Clients];
    private readonly Dictionary<long, Answer> _answers = [];
    private readonly HashSet<string> _refused = [];
    private List<string> _found = [];

    /// <summary>Items that the server has said it has, all in all.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Items that were answered with an error.</summary>
    public long Refused => _refused.Count;

    /// <summary>Acknowledged items that a restart has not found where that was allowed.</summary>
    public long Lost { get; private set; }

    /// <summary>How long before the end the oldest of these had been acknowledged.</summary>
    public long OldestLostMs { get; private set; }

    /// <summary>Sends until so many replies have come, or the server is no more.</summary>
    /// <returns>False in the latter case.</returns>
    public bool Write(int port, long replies)
    {
        var clients = new List<RespClient>();
        try
        {
            for (int i = 0; i < Clients; i++) clients.Add(RespClient.Connect(port));
            while (replies > 0)
            {
                var expected = new Queue<string>[Clients];
                for (int i = 0; i < Clients; i++) expected[i] = Send(clients[i], i);
                for (int i = 0; i < Clients; i++)
                {
                    for (; expected[i].TryDequeue(out string? item); replies--) Take(item, clients[i].ReadReply());
                }
            }

            return true;
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return false;
        }
        finally
        {
            foreach (RespClient client in clients) client.Dispose();
        }
    }

    /// <summary>Looks at what a server has found at its restart; what it has is the beginning of what follows.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="endedMs">When the one before was killed, by <see cref="Environment.TickCount64"/>.</param>
    /// <param name="forgivenMs">What was acknowledged so shortly before may be lost.</param>
    /// <returns>Null if all is well, or else what is wrong.</returns>
    public string? Check(int port, long endedMs, long forgivenMs)
    {
        using RespClient client = RespClient.Connect(port);
        List<string> items = [.. client.Call("LRANGE", "log", "0", "-1").Texts];
        string? wrong = CompareWithBefore(items) ?? CompareWithAnswers(items, endedMs, forgivenMs) ?? CheckPairs(items) ?? CheckOrder(items);
        _found = items;
        _answers.Clear();
        return wrong;
    }

    private Queue<string> Send(RespClient client, int number)
    {
        var expected = new Queue<string>();
        for (int i = _random.Next(1, MostInFlight); i > 0; i--)
        {
            string item = string.Create(CultureInfo.InvariantCulture, $"{number}:{++_sent[number]}");
            switch (_random.Next(60))
            {
                case < 6:
                    client.SendRaw([.. RespClient.Encode("MULTI"), .. RespClient.Encode("RPUSH", "log", $"{item}p"), .. RespClient.Encode("RPUSH", "log", $"{item}q"), .. RespClient.Encode("EXEC")]);
                    expected.Enqueue("");
                    expected.Enqueue("");
                    expected.Enqueue("");
                    expected.Enqueue($"{item}p");
                    break;
                case 6:
                    client.Send("SET", $"filler:{number}", new string('x', _random.Next(LongestFiller)));
                    expected.Enqueue("");
                    break;
                case 7 when _random.Next(3) == 0:
                    client.Send("BGREWRITEAOF");
                    expected.Enqueue("");
                    break;
                default:
                    client.Send("RPUSH", "log", item);
                    expected.Enqueue(item);
                    break;
            }
        }

        return expected;
    }

    private void Take(string item, RespValue reply)
    {
        if (item.Length == 0) return;
        bool isPair = reply is { Kind: '*', Count: 2 };
        if (isPair && !reply[0].IsError && !reply[1].IsError)
        {
            Note(reply[0].Integer, item);
            Note(reply[1].Integer, item[..^1] + "q");
        }
        else if (reply.Kind == ':')
        {
            Note(reply.Integer, item);
        }
        else
        {
            _refused.Add(item);
        }
    }

    private void Note(long position, string item)
    {
        Acknowledged++;
        _answers[position] = new Answer(item, Environment.TickCount64);
    }

    private string? CompareWithBefore(List<string> items) =>
        items.Count >= _found.Count && items.Take(_found.Count).SequenceEqual(_found) ? null : $"an earlier restart had {_found.Count} items, of which there are {items.Count}";

    private string? CompareWithAnswers(List<string> items, long endedMs, long forgivenMs)
    {
        foreach ((long position, Answer answer) in _answers.OrderBy(each => each.Key))
        {
            if (position <= items.Count)
            {
                if (items[(int)position - 1] != answer.Item) return $"item {position} was {answer.Item} and is {items[(int)position - 1]}";
                continue;
            }

            Lost++;
            OldestLostMs = Math.Max(OldestLostMs, endedMs - answer.Ms);
            if (endedMs - answer.Ms >= forgivenMs) return $"{answer.Item} was acknowledged {endedMs - answer.Ms} ms before the end as item {position}, and there are {items.Count}";
        }

        return null;
    }

    // Both or none.
    private static string? CheckPairs(List<string> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].EndsWith('p') && (i + 1 == items.Count || items[i + 1] != items[i][..^1] + "q")) return $"half a transaction: {items[i]}";
            if (items[i].EndsWith('q') && (i == 0 || items[i - 1] != items[i][..^1] + "p")) return $"half a transaction: {items[i]}";
        }

        return null;
    }

    // What one client sends is executed in its order.
    private static string? CheckOrder(List<string> items)
    {
        int[] last = new int[Clients];
        foreach (string item in items)
        {
            if (item.EndsWith('q')) continue;
            int client = item[0] - '0';
            int number = int.Parse(item.AsSpan(2).TrimEnd('p'), CultureInfo.InvariantCulture);
            if (number <= last[client]) return $"{item} comes behind {last[client]}";
            last[client] = number;
        }

        return null;
    }

    private readonly record struct Answer(string Item, long Ms);
}
