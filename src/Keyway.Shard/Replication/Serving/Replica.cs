using System.Net;

namespace Keyway.Shard.Replication.Serving;

/// <summary>What a server knows of a client that follows it, or is about to: made when it first says REPLCONF, PSYNC or SYNC.</summary>
internal sealed class Replica(ClientSession client)
{
    public ClientSession Client { get; } = client;

    public ReplicaState State { get; set; }

    public ReplicaCapabilities Capabilities { get; set; }

    public SnapshotFilter Filter { get; set; }

    /// <summary>It wants a snapshot and nothing after it.</summary>
    public bool WantsSnapshotOnly { get; set; }

    /// <summary>It came with SYNC: it understands none of the replies before the snapshot, and never says how far it is.</summary>
    public bool IsOldProtocol { get; set; }

    public int ListeningPort { get; set; }

    /// <summary>By what address others reach it, if it has said so.</summary>
    public string AnnouncedAddress { get; set; } = "";

    /// <summary>When it asked for the data.</summary>
    public long AskedMs { get; set; }

    /// <summary>When it last took something of what there was for it.</summary>
    public long ProgressMs { get; set; }

    /// <summary>How far it says it is.</summary>
    public long AckedOffset { get; set; }

    public long AckedMs { get; set; }

    /// <summary>The history's offset at its snapshot's instant.</summary>
    public long SnapshotOffset { get; set; }

    /// <summary>What it gets before the stream; null once it has that, or while it waits for it.</summary>
    public ReplicaPayload? Payload { get; set; }

    /// <summary>Where it stands in the history; null before its snapshot's instant.</summary>
    public LogReader? Stream { get; set; }

    /// <summary>
    /// The stream must wait: the replica looks for the end of its snapshot by a mark, and finds it surely only when nothing follows until it has said
    /// that it is ready.
    /// </summary>
    public bool HoldsStream { get; set; }

    /// <summary>As INFO names it.</summary>
    public string StateName => State switch { ReplicaState.Online => "online", ReplicaState.SendsFile => "send_bulk", _ => "wait_bgsave" };

    public string Address => AnnouncedAddress.Length > 0 ? AnnouncedAddress
        : Client.Connection.RemoteEndPoint is IPEndPoint { Address: var address } ? address.ToString()
        : Client.Address;

    /// <summary>As the log names it.</summary>
    public string Name => ListeningPort > 0 ? $"{Address}:{ListeningPort}" : $"{Address}:<unknown-replica-port>";

    /// <summary>Bytes that are kept for it.</summary>
    public long PendingBytes => Stream?.Lag ?? 0;

    /// <summary>What can go out to it now, as far as it lies in one piece.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            if (Payload != null) return Payload.Next;
            return State == ReplicaState.Online && !HoldsStream && Stream != null ? Stream.Next : default;
        }
    }

    /// <summary>The same, without what a history tells of after this byte.</summary>
    public ReadOnlySpan<byte> NextUpTo(long offset)
    {
        if (Payload != null) return SnapshotOffset <= offset ? Payload.Next : default;
        ReadOnlySpan<byte> next = Next;
        if (next.IsEmpty) return next;
        long room = offset + 1 - Stream!.NextByte;
        return room <= 0 ? default : next.Length <= room ? next : next[..(int)room];
    }

    public void Advance(int bytes)
    {
        if (Payload != null) Payload.Advance(bytes);
        else Stream!.Advance(bytes);
    }

    /// <summary>Lets go of whatever is kept for it.</summary>
    public void Release()
    {
        Payload?.Close();
        Payload = null;
        Stream?.Close();
        Stream = null;
    }
}
