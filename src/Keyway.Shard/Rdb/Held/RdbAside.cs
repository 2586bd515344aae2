using System.Buffers;

namespace Keyway.Shard.Rdb.Held;

/// <summary>Bytes of a file whose turn has not come, in order.</summary>
internal sealed class RdbAside : IRdbSink
{
    private const int FirstBytes = 512;
    private const int MostBytes = 64 * 1024;

    private readonly Queue<(byte[] Bytes, int Length)> _full = new();
    private byte[] _open = [];
    private int _used;
    private int _taken;          // of the first one

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_used == _open.Length)
            {
                int wanted = Math.Clamp(_open.Length * 2, FirstBytes, MostBytes);
                if (_used > 0) _full.Enqueue((_open, _used));
                _open = ArrayPool<byte>.Shared.Rent(wanted);
                _used = 0;
            }

            int some = Math.Min(bytes.Length, _open.Length - _used);
            bytes[..some].CopyTo(_open.AsSpan(_used));
            _used += some;
            bytes = bytes[some..];
        }
    }

    /// <summary>Hands over about so many bytes.</summary>
    public void MoveTo(RdbWriter target, long bytes)
    {
        while (Length > 0 && bytes > 0)
        {
            ReadOnlySpan<byte> first = First(bytes);
            target.WriteRaw(first);
            bytes -= first.Length;
            Drop(first.Length);
        }
    }

    /// <summary>Hands over about so many bytes, and returns how many.</summary>
    public long MoveTo(IRdbSink target, long bytes)
    {
        long before = Length;
        while (Length > 0 && before - Length < bytes)
        {
            ReadOnlySpan<byte> first = First(bytes);
            target.Write(first);
            Drop(first.Length);
        }

        return before - Length;
    }

    public void Clear()
    {
        while (_full.TryDequeue(out (byte[] Bytes, int Length) chunk)) ArrayPool<byte>.Shared.Return(chunk.Bytes);
        if (_open.Length > 0) ArrayPool<byte>.Shared.Return(_open);
        _open = [];
        _used = _taken = 0;
        Length = 0;
    }

    private ReadOnlySpan<byte> First(long most)
    {
        if (_full.Count == 0)
        {
            _full.Enqueue((_open, _used));
            _open = [];
            _used = 0;
        }

        (byte[] first, int length) = _full.Peek();
        return first.AsSpan(_taken, (int)Math.Min(length - _taken, most));
    }

    private void Drop(int bytes)
    {
        (byte[] first, int length) = _full.Peek();
        _taken += bytes;
        Length -= bytes;
        if (_taken < length) return;

        ArrayPool<byte>.Shared.Return(first);
        _full.Dequeue();
        _taken = 0;
    }
}
