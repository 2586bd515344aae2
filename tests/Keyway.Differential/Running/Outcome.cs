using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;

namespace Keyway.Differential.Running;

/// <summary>What became of a run of requests.</summary>
internal sealed class Outcome
{
    /// <summary>Everything that was executed, repairs included: to be executed again it is enough.</summary>
    public List<Call> History { get; } = [];

    public List<Difference> Differences { get; } = [];

    /// <summary>A server is gone or stuck; nothing more can be asked before a restart.</summary>
    public bool IsLost { get; set; }
}
