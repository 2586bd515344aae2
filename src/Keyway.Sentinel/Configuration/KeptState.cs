using Keyway.Protocol.Configuration;

namespace Keyway.Sentinel.Configuration;

/// <summary>
/// Joins what a program says of the masters with what its sentinel has kept. The program says which masters there are and how they are watched; the file
/// knows the sentinel's id, its votes and epochs, and who the master is by now.
/// </summary>
internal static class KeptState
{
    private static readonly string[] OfSentinel = ["myid", "current-epoch"];
    private static readonly string[] OfMasters = ["config-epoch", "leader-epoch", "known-sentinel"];

    /// <param name="said">The program's lines.</param>
    /// <param name="kept">The file's.</param>
    public static List<ConfLine> Join(IReadOnlyList<ConfLine> said, IReadOnlyList<ConfLine> kept)
    {
        var result = new List<ConfLine>(said.Where(line => !IsStatement(line, "monitor") && !IsStatement(line, "known-replica")));
        foreach (ConfLine monitor in said.Where(line => IsStatement(line, "monitor") && line.Arguments.Count == 5)) AddMaster(result, monitor, said, kept);
        result.AddRange(said.Where(line => IsStatement(line, "monitor") && line.Arguments.Count != 5));

        string[] names = [.. said.Where(line => IsStatement(line, "monitor") && line.Arguments.Count > 1).Select(line => line.Arguments[1])];
        result.AddRange(kept.Where(line => OfSentinel.Any(name => IsStatement(line, name))));
        result.AddRange(kept.Where(line => OfMasters.Any(name => IsStatement(line, name)) && names.Contains(NameOf(line))));
        return result;
    }

    // sentinel monitor <name> <host> <port> <quorum>
    private static void AddMaster(List<ConfLine> result, ConfLine monitor, IReadOnlyList<ConfLine> said, IReadOnlyList<ConfLine> kept)
    {
        string name = monitor.Arguments[1];
        string[] places = [PlaceOf(monitor), .. said.Where(line => IsStatement(line, "known-replica") && NameOf(line) == name).Select(PlaceOf)];
        ConfLine? known = kept.FirstOrDefault(line => IsStatement(line, "monitor") && NameOf(line) == name);

        // Where the program names all servers of a master, one that it does not name is none any more.
        bool isStillThere = known is { Arguments.Count: 5 } && (places.Length == 1 || places.Contains(PlaceOf(known)));
        ConfLine master = isStillThere ? monitor with { Arguments = [.. known!.Arguments.Take(4), monitor.Arguments[4]] } : monitor;
        result.Add(master);

        var replicas = new List<ConfLine>(said.Where(line => IsStatement(line, "known-replica") && NameOf(line) == name));
        if (places.Length == 1) replicas.AddRange(kept.Where(line => IsStatement(line, "known-replica") && NameOf(line) == name));
        else if (isStillThere) replicas.Add(monitor with { Arguments = ["known-replica", name, monitor.Arguments[2], monitor.Arguments[3]] });
        result.AddRange(replicas.Where(replica => PlaceOf(replica) != PlaceOf(master)).DistinctBy(PlaceOf));
    }

    private static bool IsStatement(ConfLine line, string name) =>
        line.Name == "sentinel" && line.Arguments.Count > 0 && line.Arguments[0].Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(ConfLine line) => line.Arguments.Count > 1 ? line.Arguments[1] : "";

    private static string PlaceOf(ConfLine line) => line.Arguments.Count > 3 ? $"{line.Arguments[2]} {line.Arguments[3]}" : "";
}
