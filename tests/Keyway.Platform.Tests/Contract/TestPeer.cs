using System.Text;

namespace Keyway.Platform.Tests.Contract;

/// <summary>A handler that records what it is told, and does what a test asks for when it is told.</summary>
public sealed class TestPeer : ConnectionHandler
{
    private readonly Lock gate = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource<bool> Done)> waiters = [];
    private readonly MemoryStream received = new();
    private readonly List<string> calls = [];

    public Action<TestPeer, ReadOnlyMemory<byte>>? WhenReceived { get; set; }

    public Action<TestPeer>? WhenConnected { get; set; }

    public Action<TestPeer>? WhenWritable { get; set; }

    public Action<TestPeer>? WhenEnded { get; set; }

    public Action<TestPeer>? WhenClosed { get; set; }

    public Exception? Error { get; private set; }

    public int ClosedCalls { get; private set; }

    public bool HasClosed => ClosedCalls > 0;

    public string Calls
    {
        get
        {
            lock (gate) return string.Join(' ', calls);
        }
    }

    public byte[] Bytes
    {
        get
        {
            lock (gate) return received.ToArray();
        }
    }

    public long ReceivedLength
    {
        get
        {
            lock (gate) return received.Length;
        }
    }

    public string Text => Encoding.ASCII.GetString(Bytes);

    public int Send(string text) => Connection.Send(Encoding.ASCII.GetBytes(text));

    /// <summary>Completes once the condition holds; looked at after each call.</summary>
    public Task<bool> When(Func<bool> condition)
    {
        lock (gate)
        {
            if (condition()) return Task.FromResult(true);

            var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((condition, done));
            return done.Task;
        }
    }

    public Task<bool> Received(string text) => When(() => Encoding.ASCII.GetString(received.ToArray()) == text);

    public Task<bool> Received(long length) => When(() => received.Length >= length);

    public Task<bool> Closed() => When(() => ClosedCalls > 0);

    public Task<bool> Called(string call) => When(() => calls.Contains(call));

    public override void OnConnected() => Record("connected", () => WhenConnected?.Invoke(this));

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        lock (gate) received.Write(copy);
        Record("received", () => WhenReceived?.Invoke(this, copy), onlyOnce: true);
    }

    public override void OnEndOfInput() => Record("end", () =>
    {
        if (WhenEnded != null) WhenEnded(this);
        else base.OnEndOfInput();
    });

    public override void OnWritable() => Record("writable", () => WhenWritable?.Invoke(this), onlyOnce: true);

    public override void OnClosed(Exception? error)
    {
        lock (gate)
        {
            ClosedCalls++;
            Error = error;
        }
        Record("closed", () => WhenClosed?.Invoke(this));
    }

    private void Record(string call, Action action, bool onlyOnce = false)
    {
        Assert.Null(SynchronizationContext.Current);
        lock (gate)
        {
            if (!onlyOnce || !calls.Contains(call)) calls.Add(call);
        }

        try
        {
            action();
        }
        finally
        {
            List<TaskCompletionSource<bool>> ready = [];
            lock (gate)
            {
                for (int i = waiters.Count - 1; i >= 0; i--)
                {
                    if (!waiters[i].Condition()) continue;
                    ready.Add(waiters[i].Done);
                    waiters.RemoveAt(i);
                }
            }
            foreach (var done in ready) done.SetResult(true);
        }
    }
}
