using System.Globalization;
using System.Text;

namespace Keyway.Logging;

/// <summary>
/// Between those who log and the terminal, pipe or file that may be slow: a bounded queue and one thread that writes. A loop never waits
/// for it; what does not fit is counted, and the count is a line of its own.
/// </summary>
public sealed class LogQueue : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly Stream _output;
    private readonly int _capacity;
    private readonly Func<long, string> _sayDropped;
    private readonly Thread _writer;
    private long _dropped;
    private bool _closing;

    /// <param name="capacity">In entries. A burst such as many shards lost at once fits many times over.</param>
    /// <param name="sayDropped">Makes the line that tells how many entries were lost.</param>
    public LogQueue(Stream output, Func<long, string> sayDropped, int capacity = 8192)
    {
        _output = output;
        _capacity = capacity;
        _sayDropped = sayDropped;
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "keyway-log" };
        _writer.Start();
    }

    /// <summary>Queues whole lines. From any thread; never waits for the output.</summary>
    public void Write(string lines)
    {
        lock (_gate)
        {
            if (_closing || _lines.Count >= _capacity)
            {
                _dropped++;
                return;
            }

            _lines.Enqueue(lines);
            if (_lines.Count == 1) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is queued. An output that takes nothing does not keep the process alive.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing) return;
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join(LastWords);
    }

    public static string Dropped(long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} log entries were dropped: the output did not take them fast enough.");

    private void WriteAll()
    {
        var batch = new StringBuilder();
        bool isOpen = true;
        while (Take(batch))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(batch.ToString());
            batch.Clear();
            try
            {
                if (isOpen) _output.Write(bytes);
                if (isOpen) _output.Flush();
            }
            catch (IOException)
            {
                // Whoever read the log has gone; the process serves on without one, as servers do.
                isOpen = false;
            }
        }
    }

    private bool Take(StringBuilder batch)
    {
        lock (_gate)
        {
            while (_lines.Count == 0 && _dropped == 0 && !_closing) Monitor.Wait(_gate);
            if (_lines.Count == 0 && _dropped == 0) return false;

            while (_lines.TryDequeue(out string? line)) batch.Append(line);
            if (_dropped > 0) batch.Append(_sayDropped(_dropped));
            _dropped = 0;
            return true;
        }
    }
}
