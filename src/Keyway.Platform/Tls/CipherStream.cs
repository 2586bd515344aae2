using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Keyway.Platform.Tls;

/// <summary>
/// What an SslStream believes to be its network: it reads here what the loop has received, and what it writes is kept until the loop sends it. A write
/// never waits. A read that finds nothing does, and completes within the loop's own call that brings the bytes, so nothing ever leaves the loop's thread.
/// </summary>
internal sealed unsafe class CipherStream : Stream, IValueTaskSource<int>
{
    private const int SmallestBuffer = 4096;

    private ManualResetValueTaskSourceCore<int> read;
    private Memory<byte> wanted;
    private bool isWaiting;
    private bool hasEnded;

    // The loop's own buffer while it delivers, and what nobody wanted of it then.
    private byte* arriving;
    private int arrivingLength;
    private byte[] held = [];
    private int heldStart;
    private int heldEnd;

    private byte[] unsent = [];
    private int unsentStart;
    private int unsentEnd;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public ReadOnlySpan<byte> Unsent => unsent.AsSpan(unsentStart, unsentEnd - unsentStart);

    private bool HasInput => heldEnd > heldStart || arrivingLength > 0;

    /// <summary>Bytes have come; they may be read until <see cref="KeepRest"/>.</summary>
    /// <param name="mayBeRead">False: a read that waits goes on waiting, until <see cref="Feed"/>.</param>
    public void Arrive(byte* start, int length, bool mayBeRead)
    {
        arriving = start;
        arrivingLength = length;
        if (mayBeRead) Feed();
    }

    /// <summary>A read that waits gets what is there.</summary>
    public void Feed()
    {
        if (isWaiting && HasInput) Complete();
    }

    /// <summary>The loop takes its buffer back: what has not been read is copied.</summary>
    public void KeepRest()
    {
        if (arrivingLength > 0) Append(ref held, ref heldStart, ref heldEnd, new ReadOnlySpan<byte>(arriving, arrivingLength));
        arriving = null;
        arrivingLength = 0;
    }

    /// <summary>Nothing more will come.</summary>
    public void End()
    {
        hasEnded = true;
        if (isWaiting) Complete();
    }

    public void Sent(int count)
    {
        unsentStart += count;
        if (unsentStart == unsentEnd) GiveBack(ref unsent, ref unsentStart, ref unsentEnd);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read of nothing asks to be told when there is something: an idle connection then needs no buffer.
        if (HasInput || hasEnded) return new ValueTask<int>(Take(buffer.Span));

        wanted = buffer;
        isWaiting = true;
        read.Reset();
        return new ValueTask<int>(this, read.Version);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Append(ref unsent, ref unsentStart, ref unsentEnd, buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A loop's thread never waits for bytes.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        read.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (disposing) GiveBack(ref held, ref heldStart, ref heldEnd);
        base.Dispose(disposing);
    }

    private void Complete()
    {
        isWaiting = false;
        int count = Take(wanted.Span);
        wanted = default;
        read.SetResult(count);
    }

    private int Take(Span<byte> target)
    {
        int ofHeld = Math.Min(target.Length, heldEnd - heldStart);
        if (ofHeld > 0)
        {
            held.AsSpan(heldStart, ofHeld).CopyTo(target);
            heldStart += ofHeld;
            if (heldStart == heldEnd) GiveBack(ref held, ref heldStart, ref heldEnd);
        }

        int ofArriving = Math.Min(target.Length - ofHeld, arrivingLength);
        new ReadOnlySpan<byte>(arriving, ofArriving).CopyTo(target[ofHeld..]);
        arriving += ofArriving;
        arrivingLength -= ofArriving;
        return ofHeld + ofArriving;
    }

    private static void Append(ref byte[] buffer, ref int start, ref int end, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length - end < bytes.Length)
        {
            int length = end - start;
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, length + bytes.Length));
            buffer.AsSpan(start, length).CopyTo(larger);
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
            (buffer, start, end) = (larger, 0, length);
        }

        bytes.CopyTo(buffer.AsSpan(end));
        end += bytes.Length;
    }

    private static void GiveBack(ref byte[] buffer, ref int start, ref int end)
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, start, end) = ([], 0, 0);
    }
}
