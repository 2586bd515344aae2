using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Workloads;

/// <summary>Lets peers run a workload in turns, so that whatever the machine does in between happens to all of them.</summary>
internal static class Turns
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    /// <returns>Every peer's median, by name. A peer of which any round failed is left out.</returns>
    public static IReadOnlyDictionary<string, RoundResult> Run(Workload workload, IReadOnlyList<Peer> peers, int rounds)
    {
        if (workload.Reads)
        {
            // Through the peer itself, which knows where its keys live.
            Workload fill = workload.Fill();
            foreach (Peer peer in peers) RedisBenchmark.Run(fill, peer, fill.Requests);
        }

        // Caches, just-in-time compilation and the shards' tables settle before anything counts.
        foreach (Peer peer in peers) RedisBenchmark.Run(workload, peer, Math.Max(1, workload.Requests / 4));

        var results = peers.ToDictionary(peer => peer.Name, _ => new List<RoundResult>());
        var random = new Random(workload.Requests);
        for (int round = 0; round < rounds; round++)
        {
            // Who comes after whom is left to chance, and each has a moment of rest before it: a machine that has just been driven hard may be
            // slower for a while, and that must not always meet the same one.
            Peer[] order = [.. peers];
            random.Shuffle(order);
            foreach (Peer peer in order)
            {
                Thread.Sleep(Rest);
                if (RedisBenchmark.Run(workload, peer, workload.Requests) is { } result) results[peer.Name].Add(result);
            }
        }

        return results.Where(entry => entry.Value.Count == rounds).ToDictionary(entry => entry.Key, entry => Medians.Of(entry.Value));
    }
}
