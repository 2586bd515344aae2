using System.Globalization;
using Keyway.Benchmarks.Peers;
using Keyway.Testing.Crashes;
using RespClient = Keyway.Testing.RealServers.RespClient;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Shards that are killed while they write, at any moment or at one of their calls to the system, and disks that fail or are full. What a restart finds is
/// the beginning of what was executed, and nothing that was acknowledged is missing; with everysec what was answered while a sync was under way may be.
/// </summary>
internal static class Crashes
{
    private const int Lives = 3;
    private const int LongestLifeMs = 500;
    private const int LongestSyncMs = 2000;              // of a disk that others use as well
    private const int RecoveryMs = 20_000;
    private const long Unlimited = long.MaxValue;
    private const int LastLines = 20;

    private static readonly string[] Policies = ["always", "everysec", "no"];
    private static readonly string[] Calls = ["pwrite64", "fdatasync", "fsync", "rename", "ftruncate", "openat", "unlink"];

    public static void Run(Options options, Report report)
    {
        string dll = options.Keyway ?? Executables.FindKeyway() ?? throw new InvalidOperationException("keyway is not built");
        string[] policies = options.Text("policy") is { } named ? named.Split(',') : Policies;
        if (policies.Except(Policies).FirstOrDefault() is { } unknown) throw new ArgumentException($"--policy is always, everysec or no, not '{unknown}'");
        int rounds = options.Number("rounds", options.Quick ? 3 : 50);
        int seed = options.Number("seed", 1);
        report.Section($"Crashes: {rounds} rounds of each kind and policy, from seed {seed}");

        var rows = new List<IReadOnlyList<string>>();
        foreach (string policy in policies)
        {
            foreach (string kind in (string[])["kill", "calls", "errors", "full"])
            {
                if (!options.Wants(kind) || WhyNot(kind) is { } reason && Skip(report, kind, reason)) continue;
                rows.Add(RunRounds(["dotnet", dll, "shard"], policy, kind, rounds, seed, report));
            }
        }

        report.Table("what was written and found again", ["policy", "ended by", "lives", "acknowledged", "refused", "lost as allowed", "oldest of these, ms"], rows);
    }

    private static string[] RunRounds(string[] program, string policy, string kind, int rounds, int seed, Report report)
    {
        long lives = 0, acknowledged = 0, refused = 0, lost = 0, oldestMs = 0, wrong = 0;
        for (int round = 0; round < rounds; round++)
        {
            using var workspace = new Workspace();
            var story = new Story(program, workspace.Folder, policy, kind, seed + round);
            if (story.Run() is { } what)
            {
                wrong++;
                report.Line($"{policy}, {kind}, seed {seed + round}: {what}");
            }

            lives += story.Lives;
            acknowledged += story.Load.Acknowledged;
            refused += story.Load.Refused;
            lost += story.Load.Lost;
            oldestMs = Math.Max(oldestMs, story.Load.OldestLostMs);
        }

        report.AtMost($"{policy}, {kind}: restarts that found something else", wrong, 0, "");
        return [policy, kind, Text(lives), Text(acknowledged), Text(refused), Text(lost), Text(oldestMs)];
    }

    private static string? WhyNot(string kind) => kind switch
    {
        "calls" or "errors" => KilledShard.InjectionUnavailable,
        "full" => SmallDisk.Unavailable,
        _ => null,
    };

    private static bool Skip(Report report, string kind, string reason)
    {
        report.Line($"no '{kind}' here: {reason}");
        return true;
    }

    private static string Text(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>One folder, and some processes after another that write to it.</summary>
    private sealed class Story(string[] program, string folder, string policy, string kind, int seed)
    {
        private readonly Random _random = new(seed);
        private long _endedMs;

        public AppendLoad Load { get; } = new(seed);

        public int Lives { get; private set; }

        /// <returns>What is wrong; null if nothing is.</returns>
        public string? Run()
        {
            using SmallDisk? disk = kind == "full" ? new SmallDisk(Path.Combine(folder, "disk")) : null;
            string place = disk?.Path ?? folder;
            int lives = disk == null ? Crashes.Lives : 1;      // the disk is no small one any more when it has grown
            for (int life = 0; life < lives; life++)
            {
                if (Live(place, disk) is { } wrong) return wrong;
            }

            using var last = new KilledShard(program, place, policy);
            return Check(last);
        }

        private string? Live(string place, SmallDisk? disk)
        {
            Lives++;
            KilledShard shard;
            try
            {
                shard = new KilledShard(program, place, policy, Injection(), disk == null ? [] : ["--auto-aof-rewrite-percentage", "0"]);
            }
            catch (InvalidOperationException) when (kind is "calls" or "errors")
            {
                return null;     // it came to that call before it served anybody
            }

            using (shard)
            {
                try
                {
                    if (Check(shard) is { } wrong) return wrong;
                    string? failure = disk == null ? Write(shard) : Fill(shard, disk);
                    if (failure != null) return failure;
                }
                catch (Exception gone) when (kind == "calls" && gone is System.Net.Sockets.SocketException or IOException)
                {
                    // While it was looked at.
                }

                shard.Kill();
                return null;
            }
        }

        private string Injection()
        {
            string call = Calls[_random.Next(Calls.Length)];
            if (kind == "calls") return $"{call}:signal=SIGKILL:when={When(call)}";
            if (kind != "errors") return "";
            int first = _random.Next(5, 60);
            return _random.Next(3) switch
            {
                0 => $"fdatasync:error=EIO:when={first}..{first + _random.Next(5)}",
                1 => $"pwrite64:error=ENOSPC:when={first}+{_random.Next(3, 30)}",
                _ => $"fsync:error=EIO:when={_random.Next(1, 6)}+{_random.Next(2, 6)}",
            };
        }

        // A process opens some hundred files before it comes to ours.
        private int When(string call) => call switch
        {
            "pwrite64" or "fdatasync" => _random.Next(1, 150),
            "openat" => _random.Next(100, 600),
            _ => _random.Next(1, 20),
        };

        private string? Write(KilledShard shard)
        {
            using var isOver = new ManualResetEventSlim();
            int lifeMs = _random.Next(1, LongestLifeMs);
            var killer = new Thread(() =>
            {
                isOver.Wait(lifeMs);
                shard.Kill();
            });
            killer.Start();
            Load.Write(shard.Port, Unlimited);
            _endedMs = Environment.TickCount64;
            isOver.Set();
            killer.Join();
            return null;
        }

        // Until nothing more goes in; reads go on. With room again writes do, by themselves.
        private string? Fill(KilledShard shard, SmallDisk disk)
        {
            long refused = Load.Refused;
            while (Load.Refused == refused)
            {
                if (!Load.Write(shard.Port, 500)) return "the server has gone when its disk was full";
            }

            using RespClient client = shard.Connect();
            if (client.Call("LLEN", "log").IsError) return "nothing can be read while the disk is full";
            disk.Grow();
            long until = Environment.TickCount64 + RecoveryMs;
            while (client.Call("SET", "probe", "1").IsError)
            {
                if (Environment.TickCount64 > until) return $"nothing can be written though there is room again:\n{string.Join('\n', shard.Output.TrimEnd().Split('\n').TakeLast(LastLines))}";
                Thread.Sleep(20);
            }

            client.Call("BGREWRITEAOF");
            Load.Write(shard.Port, 100);
            _endedMs = Environment.TickCount64;
            return null;
        }

        private string? Check(KilledShard shard)
        {
            // Answered while a sync was under way (with "no" when a journal goes on in another file) or refused, and still in memory when the end came.
            long forgivenMs = policy == "always" ? 0 : LongestSyncMs;
            return Load.Check(shard.Port, _endedMs, forgivenMs);
        }
    }
}
