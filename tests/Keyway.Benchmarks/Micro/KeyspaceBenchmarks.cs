using System.Text;
using BenchmarkDotNet.Attributes;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;

namespace Keyway.Benchmarks.Micro;

/// <summary>What the keyspace itself costs, without a wire: a million keys of 16 bytes with values of 100, visited in no order.</summary>
[MemoryDiagnoser]
public class KeyspaceBenchmarks
{
    private const int Keys = 1_000_000;
    private const int Operations = 100_000;

    private readonly byte[][] _keys = new byte[Keys][];
    private readonly byte[] _value = Encoding.ASCII.GetBytes(new string('x', 100));
    private readonly int[] _order = new int[Operations];
    private Databases _databases = null!;
    private Database _database = null!;

    [GlobalSetup]
    public void Fill()
    {
        _databases = new Databases(1, KeyHash.WithRandomSecret(), seed: 1, new Propagation());
        _database = _databases[0];
        var random = new Random(1);
        for (int i = 0; i < Keys; i++)
        {
            _keys[i] = Encoding.ASCII.GetBytes($"key:{i:d12}");
            _database.SetString(_database.Find(_keys[i], Lookup.Write), _value, Database.NoExpiry);
        }

        for (int i = 0; i < Operations; i++) _order[i] = random.Next(Keys);
        Console.WriteLine($"// bytes per key: {_databases.Memory.UsedBytes / (double)Keys:F1} in use, {_databases.Memory.ReservedBytes / (double)Keys:F1} reserved");
    }

    [GlobalCleanup]
    public void Free() => _databases.Dispose();

    [Benchmark(OperationsPerInvoke = Operations)]
    public long Get()
    {
        long length = 0;
        foreach (int index in _order) length += _database.Find(_keys[index], Lookup.Read).Entry.ValueLength;
        return length;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetInPlace()
    {
        foreach (int index in _order) _database.SetString(_database.Find(_keys[index], Lookup.Write), _value, Database.NoExpiry);
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void DeleteAndInsert()
    {
        foreach (int index in _order)
        {
            _database.Delete(_database.Find(_keys[index], Lookup.Write));
            _database.SetString(_database.Find(_keys[index], Lookup.Write), _value, Database.NoExpiry);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public ulong Hash()
    {
        ulong sum = 0;
        foreach (int index in _order) sum += _databases.Hash.Of(_keys[index]);
        return sum;
    }
}
