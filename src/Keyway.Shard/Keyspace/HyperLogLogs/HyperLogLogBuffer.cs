using Keyway.Protocol;

namespace Keyway.Shard.Keyspace.HyperLogLogs;

/// <summary>A HyperLogLog that is being changed, outside the keyspace: what fails half-way leaves no trace there.</summary>
internal ref struct HyperLogLogBuffer
{
    private readonly BufferPool _pool;
    private readonly int _largestSparse;
    private byte[] _bytes;
    private int _length;

    /// <param name="pool">Where its memory comes from.</param>
    /// <param name="largestSparse">Bytes up to which it stays sparse (hll-sparse-max-bytes).</param>
    public HyperLogLogBuffer(BufferPool pool, int largestSparse)
    {
        _pool = pool;
        _largestSparse = largestSparse;
        _bytes = pool.Rent(HyperLogLog.DenseBytes);
    }

    public readonly Span<byte> Bytes => _bytes.AsSpan(0, _length);

    public readonly bool IsDense => HyperLogLog.IsDense(_bytes);

    public void Load(ReadOnlySpan<byte> value)
    {
        int needed = value.Length + SparseRegisters.LargestGrowth;
        if (_bytes.Length < needed) Exchange(_pool.Rent(needed));
        value.CopyTo(_bytes);
        _length = value.Length;
    }

    public void LoadEmpty()
    {
        HyperLogLog.WriteEmpty(_bytes);
        _length = HyperLogLog.EmptyBytes;
    }

    /// <summary>Makes a register at least so large; false when the runs are damaged.</summary>
    public bool TryRaise(int index, int value, out bool isRaised)
    {
        if (IsDense)
        {
            isRaised = DenseRegisters.Raise(Bytes[HyperLogLog.HeaderBytes..], index, value);
            return true;
        }

        if (_bytes.Length < _length + SparseRegisters.LargestGrowth) Grow();
        int used = _length - HyperLogLog.HeaderBytes;
        Span<byte> runs = _bytes.AsSpan(HyperLogLog.HeaderBytes);
        SparseRegisters.Outcome outcome = SparseRegisters.Raise(runs, ref used, _largestSparse - HyperLogLog.HeaderBytes, index, value);
        _length = HyperLogLog.HeaderBytes + used;
        isRaised = outcome == SparseRegisters.Outcome.Changed;
        if (outcome == SparseRegisters.Outcome.DoesNotFit) return TryMakeDense() && TryRaise(index, value, out isRaised);
        return outcome != SparseRegisters.Outcome.Damaged;
    }

    /// <summary>False when the runs are damaged.</summary>
    public bool TryMakeDense()
    {
        if (IsDense) return true;

        byte[] dense = _pool.Rent(HyperLogLog.DenseBytes);
        bool isSound = HyperLogLog.TryToDense(Bytes, dense);
        if (isSound)
        {
            Exchange(dense);
            _length = HyperLogLog.DenseBytes;
        }
        else
        {
            _pool.Return(dense);
        }

        return isSound;
    }

    public void Dispose() => _pool.Return(_bytes);

    private void Grow()
    {
        byte[] larger = _pool.Rent(_bytes.Length * 2);
        Bytes.CopyTo(larger);
        Exchange(larger);
    }

    private void Exchange(byte[] bytes)
    {
        _pool.Return(_bytes);
        _bytes = bytes;
    }
}
