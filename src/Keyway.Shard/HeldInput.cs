using Keyway.Protocol;

namespace Keyway.Shard;

/// <summary>What a client has sent and was not executed yet. Holds no memory while there is nothing of that kind.</summary>
internal struct HeldInput
{
    private byte[]? _bytes;
    private int _start;
    private int _end;

    public readonly bool IsEmpty => _bytes == null;

    public readonly int Length => _end - _start;

    public readonly int Capacity => _bytes?.Length ?? 0;

    /// <summary>Room that is there already.</summary>
    public readonly int Free => Capacity - _end;

    public readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, Length);

    public void Append(ReadOnlySpan<byte> bytes, BufferPool pool)
    {
        if (_bytes == null || _end + bytes.Length > _bytes.Length) MakeRoom(bytes.Length, pool);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Consume(int bytes) => _start += bytes;

    public void Release(BufferPool pool)
    {
        if (_bytes != null) pool.Return(_bytes);
        _bytes = null;
        _start = _end = 0;
    }

    // Twice what there is, never what a header announces.
    private void MakeRoom(int bytes, BufferPool pool)
    {
        int needed = checked(Length + bytes);
        byte[]? old = _bytes;
        if (old == null || needed > old.Length) _bytes = pool.Rent(old == null ? needed : (int)Math.Min(Math.Max(needed, 2L * Length), Array.MaxLength));

        if (old != null)
        {
            old.AsSpan(_start, Length).CopyTo(_bytes);
            if (old != _bytes) pool.Return(old);
        }

        _end -= _start;
        _start = 0;
    }
}
