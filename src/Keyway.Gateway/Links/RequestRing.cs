using System.Buffers;
using System.Diagnostics;
using System.Numerics;

namespace Keyway.Gateway.Links;

/// <summary>
/// The requests that a shared link has taken and whose replies have not come, in one ring of bytes: first those already sent, then those that
/// wait to be. Sent ones stay until they are answered, so that a request which provably did not run can be sent again without another copy.
/// </summary>
internal sealed class RequestRing
{
    private const int Smallest = 16 * 1024;

    /// <summary>Past this the link takes no more requests: their clients wait unread.</summary>
    public const int Largest = 8 * 1024 * 1024;

    private byte[] _bytes = [];

    // Positions count up for ever; their low bits are the place in the ring.
    private long _answered;
    private long _sent;
    private long _end;

    public int Length => (int)(_end - _answered);

    public int UnsentLength => (int)(_end - _sent);

    public long End => _end;

    public long Sent => _sent;

    public bool HasRoomFor(int count) => _end - _answered + count <= Largest;

    /// <summary>Appends bytes of a request. The caller has asked <see cref="HasRoomFor"/> for the whole of it.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end - _answered + bytes.Length > _bytes.Length) Grow(bytes.Length);
        int at = (int)_end & (_bytes.Length - 1);
        int beforeWrap = _bytes.Length - at;
        if (bytes.Length <= beforeWrap)
        {
            bytes.CopyTo(_bytes.AsSpan(at));
        }
        else
        {
            bytes[..beforeWrap].CopyTo(_bytes.AsSpan(at));
            bytes[beforeWrap..].CopyTo(_bytes);
        }
        _end += bytes.Length;
    }

    /// <summary>What waits to be sent, in up to two pieces.</summary>
    public void Unsent(out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second) => Slice(_sent, (int)(_end - _sent), out first, out second);

    /// <summary>Bytes that are still kept, by their position.</summary>
    public void Peek(long from, int count, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second) => Slice(from, count, out first, out second);

    public void MarkSent(int count)
    {
        _sent += count;
        Debug.Assert(_sent <= _end);
    }

    /// <summary>The oldest request has its reply: its bytes are of no more use.</summary>
    public void Release(int count)
    {
        _answered += count;
        Debug.Assert(_answered <= _end);
        if (_sent < _answered) _sent = _answered;
    }

    /// <summary>Takes the newest bytes back; none of them may have been sent.</summary>
    public void Unappend(int count)
    {
        _end -= count;
        Debug.Assert(_end >= _sent);
    }

    public void TrimWhenIdle()
    {
        if (_end != _answered || _bytes.Length <= Smallest) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Free()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _answered = _sent = _end = 0;
    }

    private void Slice(long from, int count, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        if (count == 0)
        {
            first = second = default;
            return;
        }
        int at = (int)from & (_bytes.Length - 1);
        int beforeWrap = Math.Min(count, _bytes.Length - at);
        first = _bytes.AsSpan(at, beforeWrap);
        second = _bytes.AsSpan(0, count - beforeWrap);
    }

    private void Grow(int more)
    {
        int needed = (int)(_end - _answered) + more;
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Smallest, needed));
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);

        // The pool hands out powers of two from here on; a mask needs one exactly.
        Debug.Assert(BitOperations.IsPow2(larger.Length));
        Slice(_answered, Length, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second);
        int at = (int)_answered & (larger.Length - 1);
        CopyAround(first, larger, at);
        CopyAround(second, larger, (at + first.Length) & (larger.Length - 1));
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static void CopyAround(ReadOnlySpan<byte> source, byte[] ring, int at)
    {
        int beforeWrap = Math.Min(source.Length, ring.Length - at);
        source[..beforeWrap].CopyTo(ring.AsSpan(at));
        source[beforeWrap..].CopyTo(ring);
    }
}
