namespace Keyway.Benchmarks.Checks;

/// <summary>How a probe's request ended.</summary>
internal enum ProbeAnswer
{
    /// <summary>Its own value, or none where the server has lost it.</summary>
    Own,

    /// <summary>-TRYAGAIN: nothing ran.</summary>
    TryAgain,

    /// <summary>-UNCERTAIN: it may have run.</summary>
    Uncertain,

    /// <summary>Another's value, or an error that the contract does not know.</summary>
    Wrong,

    /// <summary>The connection was closed, or silent for ten seconds.</summary>
    Closed,
}
