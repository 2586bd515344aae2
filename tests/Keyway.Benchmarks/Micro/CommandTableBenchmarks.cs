using System.Text;
using BenchmarkDotNet.Attributes;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Benchmarks.Micro;

/// <summary>What every request pays before it is routed: finding its row and its keys. Times are for one request.</summary>
[MemoryDiagnoser]
public class CommandTableBenchmarks
{
    private const int Rounds = 1024;

    private static readonly string[] Mixed = ["GET", "set", "HGETALL", "zrangebyscore", "incr", "LPUSH", "expire", "GEORADIUSBYMEMBER", "mget"];

    private readonly byte[][] _names = [.. Enumerable.Range(0, Rounds).Select(i => Encoding.ASCII.GetBytes(Mixed[i * 7 % Mixed.Length]))];
    private readonly byte[] _unknown = "NOSUCHCOMMAND"u8.ToArray();
    private readonly byte[] _tooLong = Encoding.ASCII.GetBytes(new string('x', 4096));

    private readonly Request _get = new("GET key:000000000001");
    private readonly Request _config = new("CONFIG GET maxmemory");
    private readonly Request _mget = new("MGET " + string.Join(' ', Enumerable.Range(0, 10).Select(i => $"key:{i}")));
    private readonly Request _eval = new("EVAL script 2 a b x y");
    private readonly Request _sort = new("SORT k BY nosort LIMIT 0 10 STORE d");

    private KeyList _keys;

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Find_GET()
    {
        int found = 0;
        ReadOnlySpan<byte> name = _names[0];
        for (int i = 0; i < Rounds; i++) found += CommandTable.Find(name)!.Id;
        return found;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Find_mixed_names()
    {
        int found = 0;
        foreach (byte[] name in _names) found += CommandTable.Find(name)!.Id;
        return found;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Find_unknown()
    {
        int missing = 0;
        for (int i = 0; i < Rounds; i++) missing += CommandTable.Find(_unknown) is null ? 1 : 0;
        return missing;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Find_over_long()
    {
        int missing = 0;
        for (int i = 0; i < Rounds; i++) missing += CommandTable.Find(_tooLong) is null ? 1 : 0;
        return missing;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Resolve_CONFIG_GET()
    {
        int found = 0;
        Arguments arguments = _config.Arguments;
        for (int i = 0; i < Rounds; i++) found += CommandTable.Resolve(arguments)!.Id;
        return found;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Keys_of_GET() => Extract(_get);

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Keys_of_MGET_of_10() => Extract(_mget);

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Keys_of_EVAL() => Extract(_eval);

    [Benchmark(OperationsPerInvoke = Rounds)]
    public int Keys_of_SORT_STORE() => Extract(_sort);

    private int Extract(Request request)
    {
        int found = 0;
        Arguments arguments = request.Arguments;
        Command row = CommandTable.Resolve(arguments)!;
        for (int i = 0; i < Rounds; i++)
        {
            KeyExtractor.Extract(row, arguments, ref _keys);
            found += _keys.Count;
        }
        return found;
    }

    private sealed class Request
    {
        private readonly byte[] _bytes;
        private readonly ArgumentRange[] _ranges;
        private readonly int _firstHeader;

        public Request(string text)
        {
            string[] words = text.Split(' ');
            var encoded = new StringBuilder($"*{words.Length}\r\n");
            _firstHeader = encoded.Length;
            _ranges = new ArgumentRange[words.Length];
            for (int i = 0; i < words.Length; i++)
            {
                encoded.Append($"${words[i].Length}\r\n");
                _ranges[i] = new ArgumentRange(encoded.Length, words[i].Length);
                encoded.Append(words[i]).Append("\r\n");
            }
            _bytes = Encoding.ASCII.GetBytes(encoded.ToString());
        }

        public Arguments Arguments => new(_bytes, _ranges, _firstHeader);
    }
}
