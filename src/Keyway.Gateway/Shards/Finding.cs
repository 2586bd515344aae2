using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>What a look at a shard's servers came to.</summary>
/// <param name="Master">Where its keys are written; null while that is nowhere.</param>
/// <param name="VerifiedTicks">When the master was asked and then answered that it is one.</param>
/// <param name="Reason">Why there is no master, or why it does not answer; empty when all is well.</param>
/// <param name="Kind">Of the reason.</param>
internal sealed record Finding(ServerAddress? Master, long VerifiedTicks, string Reason, FailureKind Kind = FailureKind.Refused);
