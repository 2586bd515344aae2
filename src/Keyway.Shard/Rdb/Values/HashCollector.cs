using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Rdb.Values;

/// <summary>Makes a hash of fields that come in order, all of them different.</summary>
internal sealed unsafe class HashCollector(ValueStore values, HashLimits limits)
{
    // Up to here each new field is compared with those before; beyond that a table finds it.
    private const int MostCompared = 256;

    private ListpackBuffer? _small;
    private LargeHash? _large;
    private long _smallCount;
    private long _bytes;
    private int _longest;
    private bool _limitsLengths;

    public long Count => _large?.Count ?? _smallCount;

    /// <param name="fields">How many are to come at most.</param>
    /// <param name="limitsLengths">Whether a field or value that is too long for the small form makes the hash large. What was in that form already stays.</param>
    public void Expect(ulong fields, bool limitsLengths)
    {
        _limitsLengths = limitsLengths;
        if (fields <= MostCompared && (long)fields <= limits.Fields) _small = new ListpackBuffer();
        else _large = new LargeHash(values);
    }

    /// <summary>False when the field is there already.</summary>
    public bool TryAdd(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        _bytes += field.Length + (long)value.Length;
        _longest = Math.Max(_longest, Math.Max(field.Length, value.Length));
        if (_large == null && (IsTooLong || _bytes > HashLimits.LargestBuffer / 2)) MakeLarge();
        if (_large != null) return _large.Set(field, value);
        if (_small!.Contains(field, skip: 1)) return false;

        _small.Add(field);
        _small.Add(value);
        _smallCount++;
        return true;
    }

    public void Store(Database database, Place place, long expiresAtMs)
    {
        bool isSmall = _large != null && _large.Count <= limits.Fields && !IsTooLong && _bytes <= HashLimits.LargestBuffer / 2;
        if (isSmall) MakeSmall();
        if (_small != null)
        {
            ReadOnlySpan<byte> listpack = _small.Bytes;
            Place stored = database.SetCompact(place, ValueKind.Hash, ValueEncoding.Listpack, listpack.Length, expiresAtMs);
            listpack.CopyTo(stored.Entry.WritableBytes);
        }
        else
        {
            database.SetLarge(place, ValueKind.Hash, _large!, expiresAtMs);
        }

        _small = null;
        _large = null;
    }

    public void Discard()
    {
        if (_large != null) values.Drop(_large);
        _large = null;
        _small = null;
    }

    private bool IsTooLong => _limitsLengths && !limits.Allow(_longest);

    private void MakeLarge()
    {
        _large = new LargeHash(values);
        ReadOnlySpan<byte> listpack = _small!.Bytes;
        Span<byte> fieldDigits = stackalloc byte[Protocol.RespNumber.MaxLongLength];
        Span<byte> valueDigits = stackalloc byte[Protocol.RespNumber.MaxLongLength];
        for (int at = Listpack.First(listpack); at != Listpack.None;)
        {
            int valueAt = Listpack.Next(listpack, at);
            _large.Set(Listpack.Read(listpack, at).Text(fieldDigits), Listpack.Read(listpack, valueAt).Text(valueDigits));
            at = Listpack.Next(listpack, valueAt);
        }

        _small = null;
    }

    private void MakeSmall()
    {
        _small = new ListpackBuffer();
        BlockWalk<FieldBlock> walk = _large!.Elements.Walk();
        while (walk.MoveNext())
        {
            _small.Add(FieldBlock.KeyOf(walk.Current));
            _small.Add(FieldBlock.ValueOf(walk.Current));
        }

        values.Drop(_large);
        _large = null;
    }
}
