using System.Text;
using Keyway.Protocol;

namespace Keyway.Shard.Rdb;

/// <summary>What a file says about itself and about where it comes from; null or zero where it says nothing.</summary>
internal sealed class RdbAux
{
    /// <summary>Of the server that wrote it.</summary>
    public string? Version { get; private set; }

    /// <summary>Unix time at which it was written.</summary>
    public long? CreatedSeconds { get; private set; }

    /// <summary>What the writer had in use.</summary>
    public long? UsedMemory { get; private set; }

    /// <summary>The database that the replication stream had selected.</summary>
    public int? ReplicationDatabase { get; private set; }

    public string? ReplicationId { get; private set; }

    public long? ReplicationOffset { get; private set; }

    /// <summary>It is the first part of a journal.</summary>
    public bool IsAofBase { get; private set; }

    /// <summary>Takes one of the fields; those that are not known are passed over, as newer servers write more.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        long? number = RespNumber.TryParseLong(value, out long parsed) ? parsed : null;
        if (name.SequenceEqual("redis-ver"u8)) Version = Encoding.Latin1.GetString(value);
        else if (name.SequenceEqual("ctime"u8)) CreatedSeconds = number;
        else if (name.SequenceEqual("used-mem"u8)) UsedMemory = number;
        else if (name.SequenceEqual("repl-stream-db"u8)) ReplicationDatabase = number is >= 0 and <= int.MaxValue ? (int)number : null;
        else if (name.SequenceEqual("repl-id"u8) && value.Length == 40) ReplicationId = Encoding.Latin1.GetString(value);
        else if (name.SequenceEqual("repl-offset"u8)) ReplicationOffset = number;
        else if (name.SequenceEqual("aof-base"u8)) IsAofBase = number == 1;
    }
}
