namespace Keyway.Shard.Replication.Following;

/// <summary>A master's data on their way into this server.</summary>
internal abstract class Transfer(TransferHeader header)
{
    public TransferHeader Header { get; } = header;

    /// <summary>Bytes of the data that have come.</summary>
    public long ReceivedBytes { get; protected set; }

    /// <summary>Nothing more should come before what is here has been dealt with.</summary>
    public virtual bool IsFull => false;

    /// <summary>All data have come, whether or not they are loaded yet: what follows on the link is the stream.</summary>
    public bool HasAll { get; protected set; }

    /// <summary>Takes what the master has sent next.</summary>
    /// <returns>How many of the bytes belong to the data: all of them, unless the data end among them.</returns>
    public abstract int Take(ReadOnlySpan<byte> bytes);

    /// <summary>To be called once all data have come, when nothing more is read from the link.</summary>
    public abstract void Complete();

    /// <summary>Nothing will come of it: gives back what it holds.</summary>
    public abstract void Abandon();

    /// <summary>As many of the bytes as the announced length leaves.</summary>
    protected ReadOnlySpan<byte> WithinLength(ReadOnlySpan<byte> bytes)
    {
        long left = Header.Bytes - ReceivedBytes;
        return Header.EndMark == null && bytes.Length > left ? bytes[..(int)left] : bytes;
    }
}
