using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Commands.Sorting;

/// <summary>
/// The pattern of BY or GET: the element is put in the place of its first star, and the result names a string, or a field of a hash behind "->".
/// A "#" is the element itself. All this is looked for up to the first NUL only.
/// </summary>
internal readonly ref struct SortPattern
{
    private readonly ReadOnlySpan<byte> _prefix;
    private readonly ReadOnlySpan<byte> _postfix;
    private readonly ReadOnlySpan<byte> _field;          // empty: a string

    public SortPattern(ReadOnlySpan<byte> pattern)
    {
        ReadOnlySpan<byte> visible = SortText.UpToNul(pattern);
        IsElement = visible.SequenceEqual("#"u8);
        int star = visible.IndexOf((byte)'*');
        HasStar = star >= 0;
        if (!HasStar) return;

        _prefix = pattern[..star];
        _postfix = pattern[(star + 1)..];
        int arrow = visible[(star + 1)..].IndexOf("->"u8);
        bool hasField = arrow >= 0 && star + 1 + arrow + 2 < visible.Length;
        if (!hasField) return;

        _field = _postfix[(arrow + 2)..];
        _postfix = _postfix[..arrow];
    }

    public bool IsElement { get; }

    public bool HasStar { get; }

    /// <summary>What the pattern names for the element; false when there is nothing of that kind. Good while the keyspace is only read.</summary>
    /// <param name="database">Where it is looked for.</param>
    /// <param name="element">Takes the star's place.</param>
    /// <param name="scratch">Room for the key, larger afterwards if need be.</param>
    /// <param name="value">A text, or a number in its place.</param>
    public bool TryFind(Database database, ReadOnlySpan<byte> element, ref byte[] scratch, out ListpackElement value)
    {
        value = default;
        if (!HasStar) return false;

        long length = (long)_prefix.Length + element.Length + _postfix.Length;
        if (length > Array.MaxLength) return false;      // no key is so long
        if (scratch.Length < length) scratch = new byte[Math.Min(Math.Max(length, 2L * scratch.Length), Array.MaxLength)];
        Span<byte> key = scratch.AsSpan(0, (int)length);
        _prefix.CopyTo(key);
        element.CopyTo(key[_prefix.Length..]);
        _postfix.CopyTo(key[(_prefix.Length + element.Length)..]);

        Place place = database.Find(key, Lookup.Read);
        if (!place.Exists) return false;

        Entry entry = place.Entry;
        if (!_field.IsEmpty) return entry.Kind == ValueKind.Hash && new StoredHash(database, entry).TryGet(_field, out value);
        if (entry.Kind != ValueKind.String) return false;

        value = entry.Encoding == ValueEncoding.Integer ? new ListpackElement(entry.Integer) : new ListpackElement(entry.Bytes);
        return true;
    }
}
