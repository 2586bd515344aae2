namespace Keyway.Shard.Eviction;

/// <summary>
/// The best keys to evict that samples have met so far: sixteen, worst first. What a sample finds competes with what earlier ones found, which brings a
/// handful of samples close to the exact order. Keys are copied, since the entries they came from may go or move.
/// </summary>
internal sealed class EvictionPool
{
    public const int Size = 16;

    private const int KeptKeyBytes = 256;      // buffers for longer keys are not kept

    private readonly Candidate[] _candidates = new Candidate[Size];
    private int _count;

    /// <summary>Whether a key with this score would find a place.</summary>
    public bool Takes(ulong score) => _count < Size || score > _candidates[0].Score;

    public void Add(int database, ReadOnlySpan<byte> key, ulong score)
    {
        if (!Takes(score)) return;
        for (int i = 0; i < _count; i++)
        {
            // Sampled again: a second place for it would push out another.
            if (_candidates[i].Database == database && _candidates[i].Key.SequenceEqual(key)) return;
        }

        Candidate free = _count < Size ? _candidates[_count] : _candidates[0];
        free.Set(database, key, score);
        if (_count == Size) Array.Copy(_candidates, 1, _candidates, 0, --_count);

        int at = _count;
        for (; at > 0 && _candidates[at - 1].Score > score; at--) _candidates[at] = _candidates[at - 1];
        _candidates[at] = free;
        _count++;
    }

    /// <summary>Takes the best one out. The key's bytes are good until the next call.</summary>
    public bool TryTake(out int database, out ReadOnlySpan<byte> key)
    {
        database = 0;
        key = default;
        if (_count == 0) return false;

        ref Candidate best = ref _candidates[--_count];
        database = best.Database;
        key = best.Key;
        return true;
    }

    /// <summary>Scores of one policy mean nothing to another.</summary>
    public void Clear() => _count = 0;

    private struct Candidate
    {
        private byte[]? _buffer;
        private int _length;

        public ulong Score { get; private set; }

        public int Database { get; private set; }

        public readonly ReadOnlySpan<byte> Key => _buffer.AsSpan(0, _length);

        public void Set(int database, ReadOnlySpan<byte> key, ulong score)
        {
            bool isUnfit = _buffer == null || _buffer.Length < key.Length || (_buffer.Length > KeptKeyBytes && key.Length <= KeptKeyBytes);
            if (isUnfit) _buffer = new byte[Math.Max(KeptKeyBytes, key.Length)];
            key.CopyTo(_buffer);
            _length = key.Length;
            (Database, Score) = (database, score);
        }
    }
}
