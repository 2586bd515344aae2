using System.Runtime.InteropServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// Gives large blocks back to the system: for hundreds of megabytes it takes long to do so, and the loop's clients need not wait for it. The thread
/// begins with the first block and ends when none has come for a while. Who frees has accounted for the block already.
/// </summary>
internal sealed unsafe class FreeingThread : IDisposable
{
    private const int IdleMs = 10_000;

    // Who frees faster than this thread waits for it by doing the work himself.
    private const long MostPendingBytes = 4L * 1024 * 1024 * 1024;

    private readonly Queue<(nint Block, long Bytes)> _blocks = new();
    private Thread? _thread;
    private long _pendingBytes;
    private bool _isDisposed;

    /// <summary>Bytes that wait.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_blocks) return _pendingBytes;
        }
    }

    public void Free(byte* block, long bytes)
    {
        lock (_blocks)
        {
            if (!_isDisposed && _pendingBytes <= MostPendingBytes)
            {
                _blocks.Enqueue(((nint)block, bytes));
                _pendingBytes += bytes;
                if (_thread == null) Start();
                else Monitor.Pulse(_blocks);
                return;
            }
        }

        NativeMemory.Free(block);
    }

    /// <summary>What waits is freed all the same.</summary>
    public void Dispose()
    {
        lock (_blocks)
        {
            _isDisposed = true;
            Monitor.Pulse(_blocks);
        }
    }

    private void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "freeing", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    private void Run()
    {
        while (TryTake(out nint block, out long bytes))
        {
            NativeMemory.Free((void*)block);
            lock (_blocks) _pendingBytes -= bytes;
        }
    }

    private bool TryTake(out nint block, out long bytes)
    {
        lock (_blocks)
        {
            while (_blocks.Count == 0)
            {
                if (!_isDisposed && Monitor.Wait(_blocks, IdleMs)) continue;
                if (_blocks.Count > 0) break;

                _thread = null;
                (block, bytes) = (0, 0);
                return false;
            }

            (block, bytes) = _blocks.Dequeue();
            return true;
        }
    }
}
