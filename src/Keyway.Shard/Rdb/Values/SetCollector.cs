using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Rdb.Values;

/// <summary>Makes a set of members that come in any order, all of them different.</summary>
internal sealed unsafe class SetCollector(ValueStore values, long intsetEntries)
{
    private ListpackBuffer? _small;
    private LargeSet? _large;
    private long _smallCount;
    private bool _areNumbers = true;

    public long Count => _large?.Count ?? _smallCount;

    /// <param name="members">How many are to come at most.</param>
    public void Expect(ulong members)
    {
        // While it is small each new member is compared with those before; beyond that a table finds it.
        if (members <= SetChange.ListpackMembers) _small = new ListpackBuffer();
        else _large = new LargeSet(values);
    }

    /// <summary>False when the member is there already.</summary>
    public bool TryAdd(ReadOnlySpan<byte> member)
    {
        _areNumbers &= RespNumber.TryParseLong(member, out _);
        if (_large != null)
        {
            if (_large.Find(member, out ulong hash) != null) return false;
            _large.Insert(member, hash);
            return true;
        }

        if (_small!.Contains(member, skip: 0)) return false;
        _small.Add(member);
        _smallCount++;
        return true;
    }

    public void Store(Database database, Place place, long expiresAtMs)
    {
        if (_areNumbers && Count <= intsetEntries) StoreIntset(database, place, expiresAtMs);
        else if (_large != null) database.SetLarge(place, ValueKind.Set, Take(), expiresAtMs);
        else StoreSmall(database, place, expiresAtMs);
        Discard();
    }

    public void Discard()
    {
        if (_large != null) values.Drop(_large);
        _large = null;
        _small = null;
    }

    private LargeSet Take()
    {
        LargeSet taken = _large!;
        _large = null;
        return taken;
    }

    private void StoreIntset(Database database, Place place, long expiresAtMs)
    {
        var numbers = new long[Count];
        int count = 0;
        if (_large != null)
        {
            BlockWalk<MemberBlock> walk = _large.Elements.Walk();
            while (walk.MoveNext()) RespNumber.TryParseLong(MemberBlock.KeyOf(walk.Current), out numbers[count++]);
        }
        else
        {
            ReadOnlySpan<byte> listpack = _small!.Bytes;
            for (int at = Listpack.First(listpack); at != Listpack.None; at = Listpack.Next(listpack, at)) numbers[count++] = Listpack.Read(listpack, at).Integer;
        }

        Array.Sort(numbers);
        int width = Math.Max(Intset.WidthOf(numbers[0]), Intset.WidthOf(numbers[^1]));
        Place stored = database.SetCompact(place, ValueKind.Set, ValueEncoding.Intset, Intset.HeaderBytes + (width * numbers.Length), expiresAtMs);
        Span<byte> intset = stored.Entry.WritableBytes;
        Intset.WriteEmpty(intset, width);
        for (int i = 0; i < numbers.Length; i++) Intset.Insert(intset, i, numbers[i]);
    }

    // As a set that the members were added to, one by one.
    private void StoreSmall(Database database, Place place, long expiresAtMs)
    {
        var set = new SetChange(database, values, place, intsetEntries);
        ReadOnlySpan<byte> listpack = _small!.Bytes;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (int at = Listpack.First(listpack); at != Listpack.None; at = Listpack.Next(listpack, at)) set.Add(Listpack.Read(listpack, at).Text(digits));
        set.End();
        if (expiresAtMs != Database.NoExpiry) database.SetExpiry(database.Find(place.Key), expiresAtMs);
    }
}
