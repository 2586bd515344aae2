namespace Keyway.Protocol.Commands;

/// <summary>Where the gateway sends a command.</summary>
public enum RequestPolicy : byte
{
    /// <summary>As it is, to the owner of its keys, which must form one unit. Without keys, to the pool's first shard.</summary>
    OneUnit,

    /// <summary>In parts, one for each owner of some of its keys.</summary>
    Split,

    /// <summary>To all shards of the pool.</summary>
    AllShards,

    /// <summary>Nowhere: the gateway answers it.</summary>
    Gateway,

    /// <summary>It depends on the client's state or changes it: transactions, watched keys, subscriptions, and whatever may wait.</summary>
    Session,

    /// <summary>Nowhere: it would change the topology or the host behind the map's back.</summary>
    Refused,
}
