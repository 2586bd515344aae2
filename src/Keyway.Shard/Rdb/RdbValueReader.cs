using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb.Values;

namespace Keyway.Shard.Rdb;

/// <summary>
/// Reads values from dumps and files, from bytes that come in pieces of any size:
/// <code>
/// if (!reader.TryBegin(type)) … no such type
/// status = reader.Read(input, out consumed)           // while Incomplete: again, with what was not consumed and more behind it
/// reader.Store(input, database, place, expiresAtMs)   // when Complete, with the same input, before anything else
/// reader.Discard()                                    // else
/// </code>
/// It takes every layout that a Redis up to 7.2 has written, and never more memory than what has come can need. A reader is used again and again.
/// </summary>
internal sealed class RdbValueReader
{
    private readonly LoadContext _context;
    private readonly StringLoader _strings;
    private readonly ListLoader _lists;
    private readonly SetLoader _sets;
    private readonly SortedSetLoader _sortedSets;
    private readonly HashLoader _hashes;
    private readonly StreamLoader _streams;
    private ValueLoader _loader;

    public RdbValueReader(ValueStore values, Settings settings)
    {
        _context = new LoadContext(values, settings);
        _strings = new StringLoader(_context);
        _lists = new ListLoader(_context);
        _sets = new SetLoader(_context);
        _sortedSets = new SortedSetLoader(_context);
        _hashes = new HashLoader(_context);
        _streams = new StreamLoader(_context);
        _loader = _strings;
    }

    /// <summary>When more must come: how many bytes the next try needs at least, from the first one that was not consumed.</summary>
    public long Needed { get; private set; }

    /// <summary>False when there is no such type, or it is none that we keep (those of modules).</summary>
    /// <param name="type">What stands before the value.</param>
    /// <param name="isFile">Newer servers' files are read, newer servers' dumps are refused as 7.0 refuses them.</param>
    public bool TryBegin(byte type, bool isFile = false)
    {
        if (!isFile && type > (byte)RdbType.Stream) return false;
        switch ((RdbType)type)
        {
            case RdbType.String:
                _loader = _strings;
                break;
            case RdbType.List or RdbType.ListZiplist or RdbType.ListZiplists or RdbType.ListListpacks:
                _loader = _lists;
                break;
            case RdbType.Set or RdbType.SetIntset or RdbType.SetListpack:
                _loader = _sets;
                break;
            case RdbType.SortedSetWithText or RdbType.SortedSet or RdbType.SortedSetZiplist or RdbType.SortedSetListpack:
                _loader = _sortedSets;
                break;
            case RdbType.Hash or RdbType.HashZipmap or RdbType.HashZiplist or RdbType.HashListpack:
                _loader = _hashes;
                break;
            case RdbType.StreamBefore7 or RdbType.Stream or RdbType.StreamFrom72:
                _loader = _streams;
                break;
            default:
                return false;
        }

        _loader.Begin((RdbType)type);
        return true;
    }

    public RdbReadStatus Read(ReadOnlySpan<byte> input, out int consumed)
    {
        var cursor = new RdbCursor(input);
        RdbReadStatus status = _loader.Read(ref cursor);
        consumed = cursor.Position;
        Needed = status == RdbReadStatus.Incomplete ? cursor.Needed : 0;
        return status;
    }

    /// <summary>Makes the value that of a key that is not there.</summary>
    public void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs)
    {
        _loader.Store(input, database, place, expiresAtMs);
        _context.Release();
    }

    /// <summary>Gives up the value: it was not complete, or nobody wants it.</summary>
    public void Discard()
    {
        _loader.Discard();
        _context.Release();
    }
}
