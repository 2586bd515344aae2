namespace Keyway.Shard.Transactions;

/// <summary>One client's eye on one key.</summary>
internal sealed class Watch(TransactionState transaction, WatchedKey key)
{
    public readonly TransactionState Transaction = transaction;
    public readonly WatchedKey Key = key;
    public Watch? Next, Previous;

    /// <summary>The key's time had already run out when the watch began: that it is then deleted changes nothing.</summary>
    public bool BeganDead;
}
