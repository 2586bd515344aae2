namespace Keyway.Shard.Keyspace;

/// <summary>Goes through all blocks of a table once, bucket by bucket, while nothing changes it. For what a client walks with pauses there is Scan.</summary>
internal unsafe ref struct BlockWalk<TBlock>
    where TBlock : struct, IBlock
{
    private BucketArray _buckets;
    private BucketArray _next;
    private ulong* _bucket;
    private ulong _index;         // of the bucket to take when this one has been gone through
    private int _slot;

    internal BlockWalk(BucketArray main, BucketArray next)
    {
        _buckets = main;
        _next = next;
    }

    public byte* Current { readonly get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (_bucket != null && _slot < BlockTable<TBlock>.SlotsPerBucket && _bucket[_slot] != 0)
            {
                Current = BlockTable<TBlock>.BlockAt(_bucket + _slot++);
                return true;
            }

            _slot = 0;
            if (_bucket != null) _bucket = (ulong*)_bucket[BlockTable<TBlock>.OverflowSlot];
            if (_bucket == null && !TryTakeBucket()) return false;
        }
    }

    private bool TryTakeBucket()
    {
        while (_buckets.Exists)
        {
            _index = _buckets.SkipMissing(_index);
            if (_index < (ulong)_buckets.Buckets)
            {
                _bucket = _buckets.Find(_index++);
                return true;
            }

            _buckets = _next;
            _next = default;
            _index = 0;
        }

        return false;
    }
}
