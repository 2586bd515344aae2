namespace Keyway.Platform.Simulation;

/// <summary>Who has one end of a simulated connection: a loop's connection, or a peer that a test plays itself.</summary>
internal interface ISimulatedOwner
{
    /// <summary>The loop in whose turns this end hears of things; null for a test's own.</summary>
    SimulatedEventLoop? OwnLoop { get; }

    void WhenConnected();

    void WhenReceived(byte[] bytes);

    void WhenInputEnded();

    /// <summary>The same, while it is paused and watches for that alone.</summary>
    void WhenHungUp();

    void WhenRoom();

    /// <summary>Refused or cut.</summary>
    void WhenBroken(Exception error);
}
