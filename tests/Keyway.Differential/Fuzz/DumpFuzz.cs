using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Fuzz;

/// <summary>
/// Feeds RESTORE with damaged payloads. The shard must neither die nor hang, what it refuses must leave nothing behind, and what it accepts must bear
/// every command of its type. redis-server gets the same, so that one sees where the two judge differently; when it dies of it, it is started again.
/// </summary>
internal sealed class DumpFuzz(ServerPair pair, Action<string> print)
{
    private const int Batch = 50;
    private const int ShownDisagreements = 10;
    private const string Before = "before";

    private readonly List<string> _failures = [];
    private readonly List<(string Payload, string What)> _disagreements = [];

    public long Inputs { get; private set; }

    public long Accepted { get; private set; }

    /// <summary>Payloads of which only one of the two would have anything.</summary>
    public long Disagreements { get; private set; }

    public int DeathsOfReference { get; private set; }

    /// <summary>What must not be: one line each.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Those that are worth a look; some of them.</summary>
    public IEnumerable<string> SomeDisagreements => _disagreements.Take(ShownDisagreements).Select(entry => $"{entry.What}: {Shown(entry.Payload)}");

    public void Execute(PayloadMutator mutator, int inputs)
    {
        pair.Reset(2, 1);
        pair.Reference.Ask("CONFIG", "SET", "sanitize-dump-payload", "yes");
        while (Inputs < inputs && _failures.Count < 10)
        {
            string[] payloads = [.. Enumerable.Range(0, Math.Min(Batch, inputs - (int)Inputs)).Select(_ => mutator.Next())];
            Inputs += payloads.Length;
            string[]? verdicts = Try(() => Feed(pair.Subject[0], payloads, isOurs: true));
            if (verdicts == null)
            {
                Blame(payloads);
                continue;
            }

            string[]? theirs = TryReference(payloads);
            for (int i = 0; theirs != null && i < payloads.Length; i++) Compare(payloads[i], theirs[i], verdicts[i]);
        }
    }

    // Each payload gets a key that is there before; what becomes of it says what the server made of the payload.
    private string[] Feed(Connection connection, string[] payloads, bool isOurs)
    {
        for (int i = 0; i < payloads.Length; i++)
        {
            connection.Append(["SET", $"k{i}", Before]);
            connection.Append(["RESTORE", $"k{i}", "0", payloads[i], "REPLACE"]);
            connection.Append(["TYPE", $"k{i}"]);
            connection.Append(["GET", $"k{i}"]);
            connection.Append(["OBJECT", "ENCODING", $"k{i}"]);
            connection.Append(["DEBUG", "DIGEST-VALUE", $"k{i}"]);
            connection.Append(["DBSIZE"]);
        }

        connection.Flush();
        string[] verdicts = new string[payloads.Length];
        string[] types = new string[payloads.Length];
        for (int i = 0; i < payloads.Length; i++)
        {
            Read(connection);
            string reply = Read(connection);
            types[i] = Read(connection)[1..];
            string content = Read(connection);
            string encoding = Read(connection);
            string digest = Read(connection);
            Read(connection);
            verdicts[i] = reply.StartsWith('+') ? $"{types[i]} {encoding} {digest}" : reply;
            if (reply.StartsWith('+') || !isOurs) continue;
            if (content != $"$6\r\n{Before}") _failures.Add($"refused ({reply}), but the key is {types[i]} now: {Shown(payloads[i])}");
        }

        if (isOurs) Exercise(connection, verdicts, types);
        for (int i = 0; i < payloads.Length; i++) connection.Ask("DEL", $"k{i}");
        connection.Ask("DEL", "copy");
        return verdicts;
    }

    private void Exercise(Connection connection, string[] verdicts, string[] types)
    {
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i].StartsWith('-')) continue;
            Accepted++;
            string[][] requests = [.. Reader.Reads(types[i], $"k{i}"), .. Reader.Writes(types[i], $"k{i}"), .. Reader.Reads(types[i], $"k{i}")];
            foreach (string[] request in requests) connection.Append(request);
            connection.Flush();
            foreach (string[] _ in requests) connection.Read();
        }
    }

    private string[]? TryReference(string[] payloads)
    {
        string[]? verdicts = Try(() => Feed(pair.Reference[0], payloads, isOurs: false));
        if (verdicts != null) return verdicts;

        DeathsOfReference++;
        pair.Reference.Restart();
        pair.Reference.Reset(2, 1);
        pair.Reference.Ask("CONFIG", "SET", "sanitize-dump-payload", "yes");
        return null;
    }

    private void Compare(string payload, string expected, string actual)
    {
        if (expected == actual) return;
        Disagreements++;
        if (_disagreements.Count < 1000) _disagreements.Add((payload, $"redis {Shown(expected)}, keyway {Shown(actual)}"));
    }

    // One by one, on a new server each time that it dies.
    private void Blame(string[] payloads)
    {
        string words = pair.Subject.Server.LastWords();
        Revive();
        foreach (string payload in payloads)
        {
            if (Try(() => Feed(pair.Subject[0], [payload], isOurs: true)) != null) continue;
            _failures.Add($"the shard is lost: {Shown(payload)}");
            words = pair.Subject.Server.LastWords();
            Revive();
        }

        if (words.Length > 0) print(words);
        if (_failures.Count == 0) _failures.Add("the shard was lost, and no payload alone does it again");
    }

    private void Revive()
    {
        pair.Subject.Restart();
        pair.Subject.Reset(2, 1);
    }

    private static string[]? Try(Func<string[]> action)
    {
        try
        {
            return action();
        }
        catch (ServerLostException)
        {
            return null;
        }
    }

    private static string Read(Connection connection) => Encoding.Latin1.GetString(connection.Read()).TrimEnd('\r', '\n');

    private static string Shown(string payload)
    {
        var text = new StringBuilder();
        Quoted.Append(text, payload);
        return text.ToString();
    }
}
