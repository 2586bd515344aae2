using System.Runtime.InteropServices;

namespace Keyway.Platform.InProcess;

/// <summary>
/// One direction of a connection inside the process: a bounded ring with one writer and one reader, which may be on different threads.
/// Whoever changes it then raises the other's signal, whose interlocked instruction makes the change visible.
/// </summary>
internal sealed class ByteRing
{
    /// <summary>As much as one receive of a socket brings at most.</summary>
    public const int Capacity = 256 * 1024;

    private const int Mask = Capacity - 1;

    // Made by the first write: of the links to an embedded shard many never carry a byte.
    private byte[]? bytes;

    private Positions positions;

    private int writerWaits;
    private volatile bool writerEnded;
    private volatile bool wasCut;
    private volatile bool readerGone;

    /// <summary>Nothing more will be written. Look at this before at <see cref="Readable"/>: what was written first is then seen.</summary>
    public bool WriterEnded => writerEnded;

    /// <summary>The writer cut the connection: what is in here no longer counts.</summary>
    public bool WasCut => wasCut;

    /// <summary>Nobody will read any more.</summary>
    public bool ReaderGone => readerGone;

    public bool HasRoom => positions.Written - Volatile.Read(ref positions.Read) < Capacity;

    /// <summary>For the reader, once it has made room.</summary>
    public bool WriterWaits
    {
        get
        {
            // Between the new read position and this look, as WaitForRoom has one between its wish and its look: one sees the other.
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref writerWaits) != 0;
        }
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        byte[] ring = bytes ??= GC.AllocateUninitializedArray<byte>(Capacity);
        long written = positions.Written;
        int taken = (int)Math.Min(source.Length, Capacity - (written - Volatile.Read(ref positions.Read)));
        int start = (int)written & Mask;
        int untilEnd = Math.Min(taken, Capacity - start);

        source[..untilEnd].CopyTo(ring.AsSpan(start));
        source[untilEnd..taken].CopyTo(ring);
        Volatile.Write(ref positions.Written, written + taken);
        return taken;
    }

    /// <returns>True when there is room already: the reader may not have seen the wish.</returns>
    public bool WaitForRoom()
    {
        Interlocked.Exchange(ref writerWaits, 1);
        return HasRoom || readerGone;
    }

    public void RoomFound() => Volatile.Write(ref writerWaits, 0);

    /// <summary>What can be read, up to the ring's end; the rest follows after <see cref="Advance"/>.</summary>
    public ReadOnlySpan<byte> Readable
    {
        get
        {
            int length = (int)(Volatile.Read(ref positions.Written) - positions.Read);
            if (length == 0) return default;

            int start = (int)positions.Read & Mask;
            return bytes.AsSpan(start, Math.Min(length, Capacity - start));
        }
    }

    public void Advance(int count) => Volatile.Write(ref positions.Read, positions.Read + count);

    public void EndWriting() => writerEnded = true;

    public void Cut() => wasCut = true;

    public void EndReading() => readerGone = true;

    // A cache line apart: two threads write these all the time.
    [StructLayout(LayoutKind.Explicit, Size = 3 * 64)]
    private struct Positions
    {
        [FieldOffset(64)]
        public long Written;

        [FieldOffset(128)]
        public long Read;
    }
}
