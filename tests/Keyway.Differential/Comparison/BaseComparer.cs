using System.Diagnostics;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>Has both servers write their journals anew, and a real server load the two bases: it must find the same in both.</summary>
internal sealed class BaseComparer(ServerPair pair) : IDisposable
{
    private const int PatienceMs = 60_000;
    private const int LookAgainMs = 20;

    private readonly RedisServer _judge = RedisServer.Start("--enable-debug-command", "yes", "--appendonly", "yes");

    /// <param name="asRdb">Rather than commands.</param>
    /// <returns>Null if the two are the same, else their digests.</returns>
    public (string Expected, string Actual)? Compare(bool asRdb)
    {
        foreach (Side side in (Side[])[pair.Reference, pair.Subject])
        {
            side.Ask("CONFIG", "SET", "aof-use-rdb-preamble", asRdb ? "yes" : "no");
            side.Ask("BGREWRITEAOF");
        }

        string expected = DigestOf(pair.Reference);
        string actual = DigestOf(pair.Subject);
        return expected == actual ? null : (expected, actual);
    }

    public void Dispose() => _judge.Dispose();

    private string DigestOf(Side side)
    {
        long began = Stopwatch.GetTimestamp();
        while (!IsOver(side.Ask("INFO", "persistence").Text))
        {
            if (Stopwatch.GetElapsedTime(began).TotalMilliseconds > PatienceMs) throw new ServerLostException(side.Name, "does not come to the end of its journal's base");
            Thread.Sleep(LookAgainMs);
        }

        // As a journal: keys whose time is over are kept, since what follows would say that they go.
        string source = JournalFiles.Find(side).Base;
        string folder = Path.Combine(_judge.Directory, "appendonlydir");
        File.Copy(source, Path.Combine(folder, Path.GetFileName(source)), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "appendonly.aof.manifest"), $"file {Path.GetFileName(source)} seq 1 type b\n");
        using RespClient client = _judge.Connect();
        client.Call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        RespValue loaded = client.Call("DEBUG", "LOADAOF");
        return loaded.IsError ? loaded.Text : client.Call("DEBUG", "DIGEST").Text;
    }

    private static bool IsOver(string info) =>
        info.Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal) && info.Contains("aof_rewrite_scheduled:0", StringComparison.Ordinal);
}
