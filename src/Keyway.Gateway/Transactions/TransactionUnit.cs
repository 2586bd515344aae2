namespace Keyway.Gateway.Transactions;

/// <summary>Where all keys of a transaction lie together.</summary>
/// <param name="Unit">Of the map.</param>
/// <param name="Slot">Within a cluster, whose servers take transactions in one slot alone; otherwise -1.</param>
/// <param name="Key">One of the keys.</param>
/// <param name="Digest">Of the placement by which it was found: under another the keys may lie elsewhere, and apart.</param>
internal sealed record TransactionUnit(int Unit, int Slot, byte[] Key, string Digest)
{
    public bool IsSameAs(int unit, int slot) => Unit == unit && Slot == slot;
}
