namespace Keyway.Shard.Keyspace;

/// <summary>How a value lies in memory, as OBJECT ENCODING names it. For strings Redis's names tell how a value came to be: see <see cref="Embedded"/>.</summary>
internal enum ValueEncoding : byte
{
    /// <summary>"int": eight bytes in place of decimal text.</summary>
    Integer = 0,

    /// <summary>"embstr": bytes of at most <see cref="EmbeddedLimit"/> as they were set.</summary>
    Embedded = 1,

    /// <summary>"raw": longer bytes, or any that were changed in place (APPEND, SETRANGE).</summary>
    Raw = 2,

    /// <summary>A small collection in one flat buffer in Redis's listpack format. A list of this encoding is named "quicklist", a set "hashtable".</summary>
    Listpack = 3,

    /// <summary>A small set of integers, sorted, in Redis's intset format.</summary>
    Intset = 4,

    /// <summary>A <see cref="LargeValue"/>, known by its handle: "quicklist", "hashtable", "skiplist" or "stream", as the kind has it.</summary>
    Large = 5,
}
