using Keyway.Differential.Commands;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Running;

/// <summary>What DUMP of a real server says of values of every type and encoding: what RESTORE is fed with.</summary>
internal static class Payloads
{
    private const int PerGroup = 400;

    private static readonly string[] Groups = ["string", "list", "hash", "set", "zset", "stream", "geo", "bitmap", "hll"];

    /// <summary>From an empty server, which is empty again afterwards.</summary>
    public static List<string> Collect(Server server, int seed, int rounds)
    {
        var payloads = new SortedSet<string>(StringComparer.Ordinal);
        using var side = new Side(server);
        for (int round = 0; round < rounds; round++)
        {
            foreach (string name in Groups)
            {
                CommandGroup group = Catalogue.Data.First(candidate => candidate.Name == name);
                var maker = new SequenceMaker(seed + round, [group], _ => true, [], PerGroup);
                side.Reset(2, 1);
                foreach (Call call in maker.Make(round, 2).Calls) side[0].Append(call.Words);
                CollectAll(side, payloads);
            }
        }

        side.Reset(2, 0);
        return [.. payloads];
    }

    private static void CollectAll(Side side, SortedSet<string> payloads)
    {
        Connection connection = side[0];
        string end = $"end {payloads.Count}";
        connection.Append(["SELECT", "0"]);
        connection.Append(["ECHO", end]);
        connection.Flush();
        while (RespValue.Parse(connection.Read()).Text != end)
        {
            // What the commands answered is of no interest here.
        }

        // All but what only its own group may write: sorted sets of tiny scores.
        foreach (string key in RespValue.Parse(connection.Ask("KEYS", "[^t]*")).Texts)
        {
            RespValue payload = RespValue.Parse(connection.Ask("DUMP", key));
            if (!payload.IsNull && payload.Text.Length < 20_000) payloads.Add(payload.Text);
        }
    }
}
