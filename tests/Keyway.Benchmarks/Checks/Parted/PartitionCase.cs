using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks.Parted;

/// <summary>What is cut, and what must come of it.</summary>
internal sealed record PartitionCase(string Name, string Title, Func<PartitionedWorld, Machine, int, IEnumerable<Cut>> Cuts)
{
    public int Seconds { get; init; } = 5;

    /// <summary>Of the sentinels; null where chance decides.</summary>
    public int? Failovers { get; init; } = 0;

    /// <summary>Cut and healed in turns, for random times.</summary>
    public bool Flaps { get; init; }

    /// <summary>There are clients on the old master's side too, of a gateway and of the master itself. What they write there is lost.</summary>
    public bool HasFew { get; init; }

    /// <summary>The gateways themselves are cut from the master, and all they can do is wait for it.</summary>
    public bool StopsGateways { get; init; }

    /// <summary>Further settings of the servers while it lasts.</summary>
    public IReadOnlyList<(string Name, string During, string After)> Settings { get; init; } = [];

    // Each gets the world, the machine of the master, and a random number.
    public static IReadOnlyList<PartitionCase> All { get; } =
    [
        new("sentinels", "the master is cut from the sentinels only", (world, master, _) => Cut.Between(master.Place, Places(world.Sentinels))) { Failovers = 1 },
        new("replicas", "the master is cut from its replicas only", (world, master, _) => Cut.Between(master.Place, Others(world, master))),
        new("gateway", "the master is cut from the gateways only", (world, master, _) => Cut.Between(master.Place, Places(world.Gateways))) { Seconds = 8, StopsGateways = true },
        new("to-gateway", "nothing that the master sends arrives at the gateways", (world, master, _) => Cut.FromOne(master.Place, Places(world.Gateways))) { StopsGateways = true },
        new("from-gateway", "nothing that the gateways send arrives at the master", (world, master, _) => Cut.ToOne(master.Place, Places(world.Gateways))) { StopsGateways = true },
        new("deaf", "nothing arrives at the master", (world, master, _) => Cut.ToOne(master.Place, Everybody(world, master))) { Failovers = 1 },
        new("mute", "nothing that the master sends arrives", (world, master, _) => Cut.FromOne(master.Place, Everybody(world, master))) { Failovers = 1 },
        new("minority", "the master, one sentinel, a gateway and some clients are cut from all others", Minority) { Seconds = 8, Failovers = 1, HasFew = true },
        new("guarded", "the same, with min-replicas-to-write 1", Minority)
        {
            Seconds = 8, Failovers = 1, HasFew = true, Settings = [("min-replicas-to-write", "1", "0"), ("min-replicas-max-lag", "2", "10")],
        },
        new("flapping-master", "the master's network comes and goes", (world, master, _) => Cut.Between(master.Place, Everybody(world, master)))
        {
            Seconds = 15, Failovers = null, Flaps = true,
        },
        new("flapping-gateway", "the gateways' way to the master comes and goes", (world, master, _) => Cut.Between(master.Place, Places(world.Gateways)))
        {
            Seconds = 12, Flaps = true, StopsGateways = true,
        },
        new("flapping-sentinel", "one sentinel's network comes and goes", FlappingSentinel) { Seconds = 12, Flaps = true },
    ];

    private static IEnumerable<Cut> Minority(PartitionedWorld world, Machine master, int number)
    {
        Place[] few = [master.Place, world.Sentinels[number % 3].Place, world.Gateways[2].Place, world.FewClients];
        Place[] many = [.. Everybody(world, master).Append(world.Crowd).Except(few)];
        return few.SelectMany(one => Cut.Between(one, many));
    }

    private static IEnumerable<Cut> FlappingSentinel(PartitionedWorld world, Machine master, int number)
    {
        Place sentinel = world.Sentinels[number % 3].Place;
        return Cut.Between(sentinel, Everybody(world, master).Append(master.Place).Where(place => place != sentinel));
    }

    private static IEnumerable<Place> Everybody(PartitionedWorld world, Machine master) =>
        Others(world, master).Concat(Places(world.Sentinels)).Concat(Places(world.Gateways));

    private static IEnumerable<Place> Others(PartitionedWorld world, Machine master) => Places(world.Servers).Where(place => place != master.Place);

    private static IEnumerable<Place> Places(IEnumerable<Machine> machines) => machines.Select(machine => machine.Place);
}
