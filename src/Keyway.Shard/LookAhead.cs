using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard;

/// <summary>
/// Finds the requests of a pipeline before the first of them is executed, and sends for the memory that their keys lie in: with many keys each look-up
/// waits for two lines of memory, one after the other, and these waits are most of what a short command costs. Here they overlap.
/// </summary>
internal sealed class LookAhead
{
    public const int Depth = 16;

    private const int LongestKey = 512;          // hashing a longer one twice costs more than it saves

    private readonly RequestReader[] _readers = new RequestReader[Depth];
    private readonly int[] _starts = new int[Depth];
    private readonly ulong[] _hashes = new ulong[Depth];
    private readonly bool[] _hasKey = new bool[Depth];

    public LookAhead()
    {
        for (int i = 0; i < Depth; i++) _readers[i] = new RequestReader();
    }

    /// <summary>Requests that were found and are being executed: nobody else may look ahead meanwhile.</summary>
    public int Count { get; private set; }

    /// <summary>Finds up to <see cref="Depth"/> whole requests; what follows them is left to others.</summary>
    public void Gather(ReadOnlySpan<byte> bytes, RequestLimits limits, Database database)
    {
        int at = 0;
        int count = 0;
        while (count < Depth && at < bytes.Length)
        {
            RequestReader reader = _readers[count];
            reader.Limits = limits;
            if (reader.Read(bytes[at..]) != RequestStatus.Complete)
            {
                reader.Reset();
                break;
            }

            _starts[count++] = at;
            at += reader.Consumed;
        }

        Count = count;
        if (count > 1) Prefetch(bytes, database);
    }

    public Arguments Arguments(int index, ReadOnlySpan<byte> bytes) => _readers[index].Arguments(bytes[_starts[index]..]);

    /// <summary>Where the request ends, counted as the bytes are that it was found in.</summary>
    public int EndOf(int index) => _starts[index] + _readers[index].Consumed;

    public void Clear() => Count = 0;

    private void Prefetch(ReadOnlySpan<byte> bytes, Database database)
    {
        // The first argument is the key of nearly every command; where it is none, nothing is lost but the effort.
        for (int i = 0; i < Count; i++)
        {
            Arguments arguments = Arguments(i, bytes);
            _hasKey[i] = arguments.Count > 1 && arguments[1].Length <= LongestKey;
            if (_hasKey[i]) _hashes[i] = database.PrefetchBucket(arguments[1]);
        }

        for (int i = 0; i < Count; i++)
        {
            if (_hasKey[i]) database.PrefetchEntry(_hashes[i]);
        }
    }
}
