using System.Text;
using BenchmarkDotNet.Attributes;
using Keyway.Protocol;

namespace Keyway.Benchmarks.Micro;

/// <summary>The codec's share of a request: read it, scan its reply, append the reply to what the client gets.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private const int Batch = 64;   // as many as one receive brings when clients pipeline

    private readonly RequestReader _reader = new();
    private readonly ReplyBuffer _buffer = new(new BufferPool(1 << 20));
    private byte[] _gets = [];
    private byte[] _sets = [];
    private byte[] _largeSets = [];
    private byte[] _mgets = [];
    private byte[] _inlines = [];
    private byte[] _oks = [];
    private byte[] _bulks = [];
    private byte[] _largeBulks = [];
    private byte[] _arrays = [];

    [GlobalSetup]
    public void Repeat()
    {
        _gets = Repeat("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000123\r\n");
        _sets = Repeat("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000123\r\n$3\r\nxxx\r\n");
        _largeSets = Repeat($"*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000123\r\n$1024\r\n{new string('x', 1024)}\r\n");
        _mgets = Repeat("*11\r\n$4\r\nMGET\r\n" + string.Concat(Enumerable.Repeat("$16\r\nkey:000000000123\r\n", 10)));
        _inlines = Repeat("PING\r\n");
        _oks = Repeat("+OK\r\n");
        _bulks = Repeat("$3\r\nxxx\r\n");
        _largeBulks = Repeat($"$1024\r\n{new string('x', 1024)}\r\n");
        _arrays = Repeat("*10\r\n" + string.Concat(Enumerable.Repeat("$3\r\nxxx\r\n", 10)));
    }

    [Benchmark(OperationsPerInvoke = Batch)] public int ReadGet() => ReadAll(_gets);
    [Benchmark(OperationsPerInvoke = Batch)] public int ReadSet() => ReadAll(_sets);
    [Benchmark(OperationsPerInvoke = Batch)] public int ReadSetOf1Kb() => ReadAll(_largeSets);
    [Benchmark(OperationsPerInvoke = Batch)] public int ReadMgetOf10() => ReadAll(_mgets);
    [Benchmark(OperationsPerInvoke = Batch)] public int ReadInlinePing() => ReadAll(_inlines);
    [Benchmark(OperationsPerInvoke = Batch)] public int ScanOk() => ScanAll(_oks);
    [Benchmark(OperationsPerInvoke = Batch)] public int ScanBulk() => ScanAll(_bulks);
    [Benchmark(OperationsPerInvoke = Batch)] public int ScanBulkOf1Kb() => ScanAll(_largeBulks);
    [Benchmark(OperationsPerInvoke = Batch)] public int ScanArrayOf10() => ScanAll(_arrays);

    [Benchmark(OperationsPerInvoke = Batch)]
    public long AppendReply()
    {
        for (int i = 0; i < Batch; i++) _buffer.Append("$3\r\nxxx\r\n"u8);
        return Drain();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public long WriteBulk()
    {
        for (int i = 0; i < Batch; i++) _buffer.WriteBulk("xxx"u8);
        return Drain();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public long WriteDouble()
    {
        for (int i = 0; i < Batch; i++) _buffer.WriteDouble(3.1, resp3: true);
        return Drain();
    }

    private int ReadAll(byte[] requests)
    {
        int arguments = 0;
        ReadOnlySpan<byte> rest = requests;
        while (!rest.IsEmpty && _reader.Read(rest) == RequestStatus.Complete)
        {
            arguments += _reader.Count;
            rest = rest[_reader.Consumed..];
        }

        return arguments;
    }

    private static int ScanAll(byte[] replies)
    {
        var scanner = new ReplyScanner();
        int count = 0;
        ReadOnlySpan<byte> rest = replies;
        while (!rest.IsEmpty && scanner.Scan(rest, out int consumed) == ReplyStatus.Complete)
        {
            count++;
            rest = rest[consumed..];
        }

        return count;
    }

    private long Drain()
    {
        long length = _buffer.Length;
        while (!_buffer.IsEmpty) _buffer.Consume(_buffer.First.Length);
        return length;
    }

    private static byte[] Repeat(string text) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, Batch)));
}
