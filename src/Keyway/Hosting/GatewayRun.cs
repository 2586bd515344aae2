using Keyway.Configuration;

namespace Keyway.Hosting;

/// <summary>One run of the gateway: with what it began, and what of it lives.</summary>
internal sealed class GatewayRun
{
    /// <summary>The map of the start; what is served now is the gateway's.</summary>
    public required KeywayConfig Config { get; init; }

    /// <summary>As it was named with -c; null for the default.</summary>
    public string? Path { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required string Version { get; init; }

    public required ServedState State { get; init; }

    /// <summary>Notes the map in the state: a start that fails at a taken port has served nothing, and must not be compared with later.</summary>
    public Action BeforeServing { get; init; } = () => { };

    /// <summary>Null before the start and after the end.</summary>
    public RunningGateway? Gateway { get; set; }

    public Reloader? Reloader { get; set; }
}
