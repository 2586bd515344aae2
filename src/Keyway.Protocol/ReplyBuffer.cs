using System.Runtime.CompilerServices;

namespace Keyway.Protocol;

/// <summary>
/// Bytes on their way out, in pooled pieces: the first of 4 KB, then 16 KB and 64 KB, so that what waits for a slow peer is never
/// copied into larger arrays. An empty one holds no memory, since most connections are idle most of the time.
/// </summary>
public sealed class ReplyBuffer
{
    public const int LargestPiece = 64 * 1024;

    private const int SmallestPiece = 4 * 1024;
    private const int CopiedRatherThanMoved = 2 * 1024;

    private struct Piece
    {
        public byte[] Bytes;
        public int Start;
        public int End;
        public bool IsShared;           // it belongs to others, too: never written to, never returned to the pool

        public readonly int Length => End - Start;
    }

    private readonly BufferPool _pool;

    // The newest piece, the one that is written to, stands apart: appending touches nothing else.
    private byte[] _tail = [];
    private int _tailStart;
    private int _tailEnd;

    // The pieces before it, oldest first, in a ring.
    private Piece[] _older = [];
    private int _olderHead;
    private int _olderCount;
    private long _olderBytes;

    public ReplyBuffer(BufferPool pool) => _pool = pool;

    public long Length => _olderBytes + (_tailEnd - _tailStart);

    public bool IsEmpty => TailIsEmpty && _olderCount == 0;

    /// <summary>The oldest bytes that lie together.</summary>
    public ReadOnlySpan<byte> First
    {
        get
        {
            if (_olderCount == 0) return _tail.AsSpan(_tailStart, _tailEnd - _tailStart);

            ref Piece oldest = ref _older[_olderHead];
            return oldest.Bytes.AsSpan(oldest.Start, oldest.Length);
        }
    }

    private bool TailIsEmpty => _tailEnd == _tailStart;   // while older pieces are left, only between GetSpan and Advance

    /// <summary>The bytes behind <see cref="First"/> that lie together: both can leave in one call.</summary>
    public ReadOnlySpan<byte> Second
    {
        get
        {
            if (_olderCount == 0) return default;
            if (_olderCount == 1) return _tail.AsSpan(_tailStart, _tailEnd - _tailStart);

            ref Piece second = ref _older[(_olderHead + 1) & (_older.Length - 1)];
            return second.Bytes.AsSpan(second.Start, second.Length);
        }
    }

    /// <summary>Room for at least <paramref name="atLeast"/> bytes, 64 KB at most; <see cref="Advance"/> says how many were written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int atLeast)
    {
        if (_tail.Length - _tailEnd < atLeast || _tail.Length == _tailEnd) AddPiece(atLeast);
        return _tail.AsSpan(_tailEnd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int count)
    {
        if ((uint)count > (uint)(_tail.Length - _tailEnd)) ThrowTooFar();
        _tailEnd += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _tail.Length - _tailEnd)
        {
            AppendAcrossPieces(bytes);
            return;
        }

        bytes.CopyTo(_tail.AsSpan(_tailEnd));
        _tailEnd += bytes.Length;
    }

    /// <summary>Appends bytes that are not copied: others may hold them, and nobody changes them any more.</summary>
    public void AppendShared(byte[] shared)
    {
        if (shared.Length == 0) return;
        AppendSharedPiece(new Piece { Bytes = shared, End = shared.Length, IsShared = true });
    }

    /// <summary>Removes the oldest <paramref name="count"/> bytes.</summary>
    public void Consume(int count)
    {
        if ((ulong)count > (ulong)Length) ThrowTooFar();

        while (_olderCount > 0)
        {
            ref Piece oldest = ref _older[_olderHead];
            if (count < oldest.Length)
            {
                oldest.Start += count;
                _olderBytes -= count;
                return;
            }

            count -= oldest.Length;
            DropOldest();
        }

        _tailStart += count;
        if (_tailStart == _tailEnd) ReleaseTail();
    }

    /// <summary>Appends all of this to <paramref name="other"/> and empties this. Full pieces change hands; small ones are copied.</summary>
    public void MoveTo(ReplyBuffer other)
    {
        if (ReferenceEquals(other, this)) throw new ArgumentException("A buffer cannot be moved to itself.", nameof(other));
        bool samePool = ReferenceEquals(other._pool, _pool);

        while (_olderCount > 0)
        {
            Piece oldest = _older[_olderHead];
            RemoveOldest();
            MovePiece(oldest, other, samePool);
        }

        if (!TailIsEmpty)
        {
            var newest = new Piece { Bytes = _tail, Start = _tailStart, End = _tailEnd };
            ForgetTail();
            MovePiece(newest, other, samePool);
        }
        else
        {
            ReleaseTail();
        }

        ReleaseRing();
    }

    /// <summary>Copies all of it, which stays here.</summary>
    public void CopyTo(Span<byte> target)
    {
        for (int i = 0; i < _olderCount; i++)
        {
            ref Piece piece = ref _older[(_olderHead + i) & (_older.Length - 1)];
            piece.Bytes.AsSpan(piece.Start, piece.Length).CopyTo(target);
            target = target[piece.Length..];
        }

        _tail.AsSpan(_tailStart, _tailEnd - _tailStart).CopyTo(target);
    }

    public void Clear()
    {
        while (_olderCount > 0) DropOldest();
        ReleaseTail();
    }

    private void AppendAcrossPieces(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_tailEnd == _tail.Length) AddPiece(Math.Min(bytes.Length, LargestPiece));
            int count = Math.Min(bytes.Length, _tail.Length - _tailEnd);
            bytes[..count].CopyTo(_tail.AsSpan(_tailEnd));
            _tailEnd += count;
            bytes = bytes[count..];
        }
    }

    private void AddPiece(int atLeast)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(atLeast, LargestPiece);
        int size = Math.Max(atLeast, Math.Clamp(_tail.Length * 4, SmallestPiece, LargestPiece));
        byte[] bytes = _pool.Rent(size);

        if (TailIsEmpty) ReleaseTail();
        else PushTail();

        _tail = bytes;
        _tailStart = 0;
        _tailEnd = 0;
    }

    private void MovePiece(Piece piece, ReplyBuffer other, bool samePool)
    {
        // Handing over costs the rest of the other's tail, so a nearly empty piece would waste more than its copy costs.
        if (piece.IsShared)
        {
            other.AppendSharedPiece(piece);
            return;
        }

        bool worthMoving = other.IsEmpty || (piece.Length > CopiedRatherThanMoved && piece.Length >= piece.Bytes.Length / 2);
        if (samePool && worthMoving)
        {
            other.TakePiece(piece);
            return;
        }

        other.Append(piece.Bytes.AsSpan(piece.Start, piece.Length));
        _pool.Return(piece.Bytes);
    }

    private void TakePiece(Piece piece)
    {
        if (TailIsEmpty) ReleaseTail();
        else PushTail();

        _tail = piece.Bytes;
        _tailStart = piece.Start;
        _tailEnd = piece.End;
    }

    private void AppendSharedPiece(Piece piece)
    {
        if (TailIsEmpty) ReleaseTail();
        else PushTail();
        PushOlder(piece);
    }

    /// <summary>Makes the tail the newest of the older pieces.</summary>
    private void PushTail()
    {
        PushOlder(new Piece { Bytes = _tail, Start = _tailStart, End = _tailEnd });
        ForgetTail();
    }

    private void PushOlder(Piece piece)
    {
        if (_olderCount == _older.Length) GrowRing();
        _older[(_olderHead + _olderCount++) & (_older.Length - 1)] = piece;
        _olderBytes += piece.Length;
    }

    private void GrowRing()
    {
        var grown = new Piece[Math.Max(4, _older.Length * 2)];
        for (int i = 0; i < _olderCount; i++) grown[i] = _older[(_olderHead + i) & (_older.Length - 1)];
        _older = grown;
        _olderHead = 0;
    }

    private void DropOldest()
    {
        if (!_older[_olderHead].IsShared) _pool.Return(_older[_olderHead].Bytes);
        RemoveOldest();
    }

    private void RemoveOldest()
    {
        _olderBytes -= _older[_olderHead].Length;
        _older[_olderHead] = default;
        _olderHead = (_olderHead + 1) & (_older.Length - 1);
        _olderCount--;
    }

    private void ReleaseTail()
    {
        if (_tail.Length > 0) _pool.Return(_tail);
        ForgetTail();
        ReleaseRing();
    }

    private void ReleaseRing()
    {
        if (_olderCount == 0 && _older.Length > 4) _older = [];
    }

    private void ForgetTail()
    {
        _tail = [];
        _tailStart = 0;
        _tailEnd = 0;
    }

    private static void ThrowTooFar() => throw new ArgumentOutOfRangeException(null, "More bytes than there are.");
}
