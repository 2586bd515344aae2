namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>Who reaches whom. A cut holds messages back, as TCP sends them again once it is over; it can be of one direction only.</summary>
internal sealed class SimulatedNetwork(SimulatedWorld world, int hosts)
{
    private const int MaxLatencyMs = 3;
    private const int SynRetryMs = 1000;

    private readonly int[,] _cuts = new int[hosts, hosts];
    private readonly List<SimulatedWire> _wires = [];

    public Dictionary<(string Ip, int Port), SimulatedHost> Hosts { get; } = [];

    public bool IsCut(SimulatedHost from, SimulatedHost to) => _cuts[from.Index, to.Index] > 0;

    public void Cut(SimulatedHost from, SimulatedHost to) => _cuts[from.Index, to.Index]++;

    public void Heal(SimulatedHost from, SimulatedHost to)
    {
        if (--_cuts[from.Index, to.Index] > 0) return;
        foreach (SimulatedWire wire in _wires)
        {
            foreach (bool toServer in (ReadOnlySpan<bool>)[true, false])
            {
                if (wire.From(toServer) != from || wire.To(toServer) != to) continue;
                Action[] held = [.. wire.HeldBack[toServer ? 0 : 1]];
                wire.HeldBack[toServer ? 0 : 1].Clear();
                // TCP does not notice at once that the way is free again.
                int late = world.Between(0, 400);
                foreach (Action message in held) Transmit(wire, toServer, message, late);
            }
        }
    }

    public SimulatedWire? Connect(SimulatedHost client, string ip, int port, Action up, Action lost)
    {
        if (!Hosts.TryGetValue((ip, port), out SimulatedHost? server)) return null;

        var wire = new SimulatedWire(client, server) { Lost = lost };
        _wires.RemoveAll(old => old.ClosedByClient || old.ClientLife != old.Client.Life);
        _wires.Add(wire);
        Knock(wire, up, SynRetryMs);
        return wire;
    }

    /// <summary>Runs at the other end, unless the connection, the way or the process is gone.</summary>
    public void Send(SimulatedWire wire, bool toServer, Action message)
    {
        if (wire.ClosedByClient) return;
        if (toServer && wire.ServerLife == 0)
        {
            wire.Unsent.Add(message);
            return;
        }
        Transmit(wire, toServer, () =>
        {
            if (!toServer)
            {
                ToClient(wire, message);
                return;
            }
            if (!wire.Server.HasPower) return;
            // A process that never heard of this connection answers that there is none.
            if (!wire.Server.IsUp || wire.ServerLife != wire.Server.Life) Reset(wire);
            else wire.Server.Do(wire.ServerLife, message);
        });
    }

    public static void Close(SimulatedWire wire) => wire.ClosedByClient = true;

    /// <summary>A process ended: its system tells everybody who can be reached.</summary>
    public void ResetAll(SimulatedHost host)
    {
        foreach (SimulatedWire wire in _wires)
        {
            if (wire.Server == host && wire.ServerLife == host.Life && !wire.ClosedByClient) Reset(wire);
        }
    }

    private void Knock(SimulatedWire wire, Action up, int retryMs)
    {
        if (wire.ClosedByClient) return;
        Transmit(wire, toServer: true, () =>
        {
            SimulatedHost server = wire.Server;
            if (!server.HasPower)
            {
                world.After(retryMs, () => Knock(wire, up, retryMs * 2));
            }
            else if (!server.IsUp)
            {
                Reset(wire);
            }
            else
            {
                // The kernel accepts for a process that is stopped.
                wire.ServerLife = server.Life;
                Transmit(wire, toServer: false, () => ToClient(wire, up));
                Action[] unsent = [.. wire.Unsent];
                wire.Unsent.Clear();
                foreach (Action message in unsent) Send(wire, toServer: true, message);
            }
        });
    }

    private void Reset(SimulatedWire wire) => Transmit(wire, toServer: false, () => ToClient(wire, () =>
    {
        wire.ClosedByClient = true;
        wire.Lost();
    }));

    private static void ToClient(SimulatedWire wire, Action action)
    {
        wire.Client.Do(wire.ClientLife, () =>
        {
            if (!wire.ClosedByClient) action();
        });
    }

    private void Transmit(SimulatedWire wire, bool toServer, Action arrive, int lateMs = 0)
    {
        int way = toServer ? 0 : 1;
        if (IsCut(wire.From(toServer), wire.To(toServer)))
        {
            wire.HeldBack[way].Add(arrive);
            return;
        }
        long time = Math.Max(world.Now + lateMs + world.Between(0, MaxLatencyMs), wire.LastArrival[way]);
        wire.LastArrival[way] = time;
        world.At(time, arrive);
    }
}
