using Keyway.Shard.Effects;
using Keyway.Shard.Persistence;

namespace Keyway.Shard;

/// <summary>What the journal is to the server.</summary>
public sealed partial class ShardServer
{
    /// <summary>Who hears of the effects of writes: the journal and the replicas.</summary>
    internal EffectFanout Effects => field ??= new EffectFanout(Propagation);

    /// <summary>What replies pass before they leave.</summary>
    internal ReplyGate Gate { get; } = new();
}
