using System.Globalization;
using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>Crashes at any moment, disks that refuse, rewrites in between: what is found afterwards began as what was there, and lacks nothing that was promised.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public void A_restart_finds_a_prefix_of_what_was_written_and_with_always_all_that_was_acknowledged(string policy)
    {
        // A longer run finds more: 205 told of a name that only the process before had known to be on the disk, 25 of bytes.
        int seeds = int.Parse(Environment.GetEnvironmentVariable("KEYWAY_CRASH_SEEDS") ?? "220", CultureInfo.InvariantCulture);
        for (int seed = 1; seed <= seeds; seed++) new Story(seed, policy).Run();
    }

    private sealed class Story(int seed, string policy)
    {
        private const int Clients = 4;
        private const int Lives = 4;

        private readonly Random _random = new(seed);
        private readonly Dictionary<SimulatedPeer, Queue<string>> _unanswered = [];
        private readonly HashSet<string> _acknowledged = [];
        private int _next;

        public void Run()
        {
            var disk = new SimulatedDisk((ulong)seed);
            using var shard = new JournaledShard(disk, ["--appendfsync", policy, "--auto-aof-rewrite-min-size", "2000"], () => _random.Next(20));
            for (int life = 0; life < Lives; life++)
            {
                List<string> before = Live(shard);
                bool losesPower = _random.Next(2) == 0;
                disk.Capacity = long.MaxValue;
                if (losesPower) shard.CrashAndRestart();
                else shard.KillAndRestart();

                Assert.False(shard.HasFailedToLoad, $"seed {seed}, life {life}: {string.Join('\n', shard.Log.Lines)}\n{Files(shard)}");
                List<string> after = Members(shard);
                Assert.True(before.Take(after.Count).SequenceEqual(after), $"seed {seed}, life {life}: no prefix: {string.Join(' ', before)} became {string.Join(' ', after)}");
                if (policy == "always") Assert.True(_acknowledged.IsSubsetOf(after), $"seed {seed}, life {life}: lost {string.Join(' ', _acknowledged.Except(after))}");
                CheckPairs(after);
                _acknowledged.Clear();
                _acknowledged.UnionWith(after);
            }
        }

        /// <summary>Until the end comes, and what was there then.</summary>
        private List<string> Live(JournaledShard shard)
        {
            _unanswered.Clear();
            for (int i = 0; i < Clients; i++) _unanswered[shard.Connect()] = new Queue<string>();
            SimulatedPeer[] clients = [.. _unanswered.Keys];
            int steps = _random.Next(5, 80);
            for (int step = 0; step < steps; step++)
            {
                SimulatedPeer client = clients[_random.Next(Clients)];
                switch (_random.Next(20))
                {
                    case 0: Ask(client, "", "BGREWRITEAOF"); break;
                    case 1: Ask(client, "", "CONFIG", "SET", "appendfsync", policy); break;
                    case 2: SetFault(shard.Disk); break;
                    case 3: shard.Disk.Capacity = _random.Next(2) == 0 ? long.MaxValue : shard.Disk.UsedBytes + _random.Next(300); break;
                    case 4: shard.PassMs(_random.Next(3000)); break;
                    case 5 or 6: Pair(client); break;
                    case 7: Ask(client, "", "LRANGE", "log", "-1", "-1"); break;
                    default:
                        string item = Item();
                        Ask(client, item, "RPUSH", "log", item);
                        break;
                }

                if (_random.Next(3) == 0) shard.PassMs(_random.Next(30));
                else shard.Network.RunUntilIdle();
                foreach (SimulatedPeer each in clients) Read(each);
            }

            return Members(shard);
        }

        private static string Files(JournaledShard shard) => string.Join('\n', shard.Disk.FilesIn(JournaledShard.JournalFolder).Select(name => $"{name}: {shard.ContentOf(name)}"));

        private string Item() => (++_next).ToString(CultureInfo.InvariantCulture);

        // Both or none.
        private void Pair(SimulatedPeer client)
        {
            string item = Item();
            Ask(client, "", "MULTI");
            Ask(client, "", "RPUSH", "log", item);
            Ask(client, "", "RPUSH", "log", item + "b");
            Ask(client, item, "EXEC");
        }

        private void Ask(SimulatedPeer client, string item, params string[] words)
        {
            JournaledShard.Send(client, words);
            _unanswered[client].Enqueue(item);
        }

        private void SetFault(SimulatedDisk disk)
        {
            string[] calls = ["write to", "sync", "rename", "create", "open", "truncate", "delete", "none", "none"];
            string call = calls[_random.Next(calls.Length)];
            int odds = _random.Next(1, 4);
            disk.Fault = (asked, path) => asked == call && _random.Next(odds) == 0 ? new DiskException(asked, path, "Input/output error") : null;
        }

        private void Read(SimulatedPeer client)
        {
            string text = client.TakeText();
            int at = 0;
            while (at < text.Length)
            {
                int start = at;
                Skip(text, ref at);
                string item = _unanswered[client].Dequeue();
                if (item.Length > 0 && text[start] is ':' or '*' && text[start + 1] != '-') _acknowledged.Add(item);
            }
        }

        private static void Skip(string text, ref int at)
        {
            int open = 1;
            while (open-- > 0)
            {
                int end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
                char kind = text[at];
                int number = kind is '$' or '*' ? int.Parse(text[(at + 1)..end], CultureInfo.InvariantCulture) : 0;
                at = end + 2;
                if (kind == '$' && number >= 0) at += number + 2;
                if (kind == '*') open += Math.Max(0, number);
            }
        }

        private static List<string> Members(JournaledShard shard)
        {
            string[] lines = shard.Ask("LRANGE", "log", "0", "-1").Split("\r\n");
            return [.. lines.Where((_, i) => i % 2 == 0 && i > 0)];
        }

        private void CheckPairs(List<string> members)
        {
            foreach (string second in members.Where(member => member.EndsWith('b')))
                Assert.True(members.Contains(second[..^1]), $"seed {seed}: half a transaction");
            var firsts = members.Select((member, index) => (member, index)).Where(each => members.Contains(each.member + "b"));
            Assert.All(firsts, each => Assert.Equal(each.member + "b", members[each.index + 1]));
        }
    }
}
